/** Rooms and arrows of docs/architecture.md, as rules for dependency-cruiser; scripts/check-layers.mjs runs them. */

/** What each room may import besides itself: a room, or one file of it. `src/hub` has its rules before its first file. */
export const rooms = {
  protocol: [],
  transport: ['protocol'],
  machines: ['transport', 'protocol'],
  broker: ['machines', 'transport', 'protocol'],
  charts: ['machines', 'protocol'],
  gateway: ['charts', 'broker/interface.ts', 'broker/tokens.ts', 'protocol'],
  hub: ['broker/interface.ts', 'broker/tokens.ts', 'protocol'],
  client: ['protocol'],
  page: ['client', 'protocol'],
  main: ['gateway', 'hub', 'client', 'charts', 'broker', 'machines', 'transport', 'protocol'],
};

/** Packages that live only in their rooms, so that each can be replaced in one place. */
const homes = [
  { name: 'fastify', packages: ['fastify', '@fastify/[^/]+', 'fresh'], rooms: ['gateway'] },
  { name: 'xstate', packages: ['xstate'], rooms: ['machines', 'broker', 'charts'] },
  { name: 'elk', packages: ['elkjs'], rooms: ['charts'] },
  { name: 'sodium', packages: ['libsodium-wrappers'], rooms: ['transport'] },
  { name: 'radio', packages: ['@abandonware/[^/]+'], rooms: ['transport'] },
  { name: 'mqtt', packages: ['mqtt'], rooms: ['hub'] },
  { name: 'ascii', packages: ['any-ascii'], rooms: ['hub'] },
  { name: 'cbor', packages: ['cborg'], rooms: ['protocol'] },
  // The configuration is parsed where it is read, with the same schemas as the wire.
  { name: 'typebox', packages: ['typebox'], rooms: ['protocol', 'main'] },
  { name: 'pino', packages: ['pino'], rooms: ['main'] },
  { name: 'yaml', packages: ['yaml'], rooms: ['main'] },
  {
    name: 'command line',
    packages: ['commander', '@commander-js/[^/]+', 'log-update', 'slice-ansi', 'string-width', 'pretty-bytes'],
    rooms: ['main'],
  },
  { name: 'ws', packages: ['ws'], rooms: ['gateway', 'client', 'main/inspect-server.ts', 'main/inspect-relay.ts'] },
  { name: 'preact', packages: ['preact', '@preact/[^/]+'], rooms: ['page'] },
];

/** How a package that is installed apart from Tandem names its client; it resolves there only. */
const CLIENT_BY_NAME = '^tandem-broker/client$';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const rules = [
  ...Object.entries(rooms).map(([room, others]) => ({
    name: `arrows-of-${room}`,
    comment: `${room} may import: ${['itself', ...others].join(', ')}`,
    from: { path: `^src/${room}/` },
    to: { path: '^src/', pathNot: [room, ...others].map(fileOrRoom) },
  })),
  {
    name: 'no-room',
    comment: 'every source file belongs to a room, so that it has arrows to keep',
    from: {},
    to: { path: '^src/', pathNot: Object.keys(rooms).map(fileOrRoom) },
  },
  ...homes.map(({ name, packages, rooms: allowed }) => ({
    name: `home-of-${name}`,
    comment: `${packages.join(', ')} may be imported only in: ${allowed.join(', ')}`,
    from: { path: '^src/', pathNot: allowed.map(fileOrRoom) },
    to: { path: packages.map(packagePath) },
  })),
  {
    name: 'protocol-is-pure',
    comment: 'no I/O and no clock: peers, clients and browsers share it',
    from: { path: '^src/protocol/' },
    to: { pathNot: ['^src/', ...['typebox', 'cborg', 'denque'].map(packagePath)] },
  },
  {
    name: 'machines-do-no-io',
    comment: 'machines decide; what touches the world is provided to them',
    from: { path: '^src/machines/' },
    to: { pathNot: ['^src/', ...['xstate', 'rxjs'].map(packagePath)] },
  },
  { name: 'no-cycle', from: {}, to: { circular: true } },
  {
    name: 'no-orphan',
    comment: 'a module that nothing imports and that imports nothing',
    from: { orphan: true, path: '^src/', pathNot: '[.]d[.]ts$' },
    to: {},
  },
  {
    name: 'no-dev-dependency',
    comment:
      'not installed where Tandem runs; types are gone by then, the page is bundled, and peers are for whoever wants them',
    from: { path: '^src/', pathNot: '^src/page/' },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['type-only', 'npm-peer'],
      pathNot: packagePath('@types/[^/]+'),
    },
  },
  {
    name: 'no-unlisted-package',
    comment: 'it works only while another package happens to bring it',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
  },
  { name: 'no-unresolved', from: {}, to: { couldNotResolve: true, pathNot: CLIENT_BY_NAME } },
  {
    name: 'nothing-imports-tests',
    from: { pathNot: '^test/' },
    to: { path: '^test/' },
  },
  {
    name: 'source-stands-alone',
    from: { path: '^src/' },
    to: { path: '^(bench|examples|scripts|packages)/' },
  },
  {
    name: 'packages-use-the-client',
    comment: 'they are installed apart from Tandem, and see what it offers to everyone',
    from: { path: '^packages/' },
    to: { pathNot: ['^packages/', CLIENT_BY_NAME] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: rules.map((rule) => ({ ...rule, severity: 'error' })),
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type imports are arrows, too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['import', 'types', 'node', 'require'], exportsFields: ['exports'] },
  },
};

/** @param {string} name */
function fileOrRoom(name) {
  return name.endsWith('.ts') ? `^src/${name.replace('.', '[.]')}$` : `^src/${name}/`;
}

/**
 * Matches a package whether or not it was found, installed here or above.
 * @param {string} name
 */
function packagePath(name) {
  return `(^|node_modules/)${name}(/|$)`;
}
