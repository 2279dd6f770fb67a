/** Two devices, and sessions between them of which only one side's app listens: the other sends until it is stopped. Run by Node with --expose-gc. */

/**
 * The compiled program: what is measured is what runs.
 * @param {string} path
 */
const compiled = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { createAccount, createBroker, createMemoryAir, REQUIRED_PERMISSIONS, WantKeys } =
  await compiled('main/tandem.js');

const [, , kind, sessions, textBytes, mostMessages] = process.argv;
const name = { bundleName: 'org.example.deaf', moduleName: 'entry', abilityName: 'Deaf' };
const [account, air] = [createAccount(), createMemoryAir()];
const start = (/** @type {string} */ deviceId) =>
  createBroker({ deviceId, account, transport: air.transport(deviceId) });
const [talking, deaf] = await Promise.all([start('talking'), start('deaf')]);
const there = deaf.registerApp({
  ...name,
  permissions: REQUIRED_PERMISSIONS,
  onCollaborate(/** @type {any} */ want) {
    const { PeerInfo: peer, ConnectOptions: options, [WantKeys.TOKEN]: token } = want[WantKeys.COLLABORATE_PARAMETERS];
    const { createAbilityConnectionSession: create, acceptConnect } = there.abilityConnectionManager;
    void acceptConnect(create(peer.serviceName, there.context, peer, options), token);
    return 0;
  },
});
const here = talking.registerApp({ ...name, permissions: REQUIRED_PERMISSIONS });
const manager = here.abilityConnectionManager;

/** @param {number} index */
async function open(index) {
  const peer = { deviceId: 'deaf', ...name };
  const id = manager.createAbilityConnectionSession(`service ${index}`, here.context, peer, { needSendData: true });
  await manager.connect(id);
  return id;
}

const size = Number(textBytes);
const text = 'x'.repeat(Math.min(size, 1_024));
const data = new ArrayBuffer(Math.max(size, 1));
let acknowledged = 0;

/**
 * One after the other: what waits at this side is not what is measured.
 * @param {number} id
 */
async function sendUntilStopped(id) {
  for (let count = 0; count < Number(mostMessages); count += 1) {
    await (kind === 'text' ? manager.sendMessage(id, text) : manager.sendData(id, data));
    acknowledged += 1;
  }
}

/** Until nothing has been acknowledged for a good many turns of the event loop. */
async function untilStill() {
  for (let before = -1, still = 0; still < 200; still += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (acknowledged !== before) still = 0;
    before = acknowledged;
  }
}

function residentBytes() {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

const ids = await Promise.all(Array.from({ length: Number(sessions) }, (_, index) => open(index)));
const before = residentBytes();
for (const id of ids) void sendUntilStopped(id);
await untilStill();
const grownBytes = residentBytes() - before;
const { unheardBytes, bytesReceived } = deaf.counters();
process.stdout.write(JSON.stringify({ acknowledged, unheardBytes, bytesReceived, grownBytes }));
process.exit();
