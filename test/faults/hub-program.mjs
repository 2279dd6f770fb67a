/** A hub in processes of its own: asks the phone for a session, sends until it is killed, and says what was acknowledged. */
import { writeSync } from 'node:fs';
import { filter, firstValueFrom } from 'rxjs';

/**
 * From the compiled program: its radio process is forked.
 * @param {string} path
 */
const compiled = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { createBroker } = await compiled('broker/broker.js');
const { createBluetoothTransport } = await compiled('transport/ble/bluetooth.js');
const { REQUIRED_PERMISSIONS } = await compiled('protocol/codes.js');

const { path, account, keys, app, serviceName, dataBytes } = JSON.parse(process.env['HUB'] ?? '{}');
const deviceKeys = {
  publicKey: Buffer.from(keys.publicKey, 'hex'),
  secretKey: Buffer.from(keys.secretKey, 'hex'),
};
const central = { type: 'h4', path, name: 'kitchen' };
const transport = createBluetoothTransport({ central });
const broker = await createBroker({ deviceId: 'kitchen', account, deviceKeys, transport });
const { abilityConnectionManager: manager, context } = broker.registerApp({
  ...app,
  permissions: REQUIRED_PERMISSIONS,
});

/**
 * At once, so that nothing said before the end is lost in a buffer.
 * @param {string} line
 */
const say = (line) => writeSync(1, `${line}\n`);

async function openSession() {
  await firstValueFrom(broker.devices$.pipe(filter((/** @type {unknown[]} */ devices) => devices.length > 0)));
  const peer = { deviceId: 'phone', ...app };
  const sessionId = manager.createAbilityConnectionSession(serviceName, context, peer, { needSendData: true });
  const { isConnected, reason } = await manager.connect(sessionId);
  if (!isConnected) throw new Error(`not connected: ${reason}`);
  return sessionId;
}

/**
 * Some are always on their way.
 * @param {number} sessionId
 */
async function sendTexts(sessionId) {
  for (let next = 0; ; next += 10) {
    const numbers = Array.from({ length: 10 }, (_, index) => next + index);
    await Promise.all(
      numbers.map((number) => manager.sendMessage(sessionId, `${number}`).then(() => say(`texts ${number}`))),
    );
  }
}

/** @param {number} sessionId */
async function sendData(sessionId) {
  for (let number = 0; ; number += 1) {
    const data = new Uint8Array(dataBytes).fill(number & 0xff);
    await manager.sendData(sessionId, data.buffer);
    say(`data ${number}`);
  }
}

const sessionId = await openSession();
await Promise.all([sendTexts(sessionId), sendData(sessionId)]);
