/** Packs noble and bleno into `dist/transport/ble/stacks`, one file each, for what is published: decision 0022. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/** Required by name when a stack is loaded: src/transport/ble/load-stacks.ts gives them a socket. */
const SOCKET = '@abandonware/bluetooth-hci-socket';
/** Never loaded: bindings of other systems and of other places than a socket. */
const OTHER_BINDINGS = /\/(?:mac|win|websocket|distributed)\/bindings$|^xpc-connect$|^bplist-parser$|^supports-color$/;

export default defineConfig({
  logLevel: 'warn',
  ssr: { noExternal: true },
  plugins: [credits()],
  build: {
    ssr: true,
    outDir: resolve('dist/transport/ble/stacks'),
    emptyOutDir: true,
    minify: false,
    target: 'node20',
    rolldownOptions: {
      input: { noble: '@abandonware/noble/with-custom-binding', bleno: '@abandonware/bleno' },
      external: (id) => id === SOCKET || OTHER_BINDINGS.test(id),
      output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'debug.cjs' },
    },
  },
});

/** Says which versions are in there, and keeps the licence of each package beside its code. */
function credits(): Plugin {
  return {
    name: 'credits',
    generateBundle() {
      const folders = new Set(
        [...this.getModuleIds()].flatMap((id) => /.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []),
      );
      const packages = [...folders].sort().map(readPackage);
      const versions = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
      this.emitFile({ type: 'asset', fileName: 'versions.json', source: JSON.stringify(versions) });
      const licences = packages.map(({ name, version, licence }) => `${name} ${version}\n\n${licence.trim()}\n`);
      this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: licences.join('\n\n') });
    },
  };
}

function readPackage(folder: string) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const path = ['LICENSE', 'LICENSE.md', 'license.md'].map((file) => join(folder, file)).find(existsSync);
  if (path === undefined) throw new Error(`${name} has no licence to keep`);
  return { name: String(name), version: String(version), licence: readFileSync(path, 'utf8') };
}
