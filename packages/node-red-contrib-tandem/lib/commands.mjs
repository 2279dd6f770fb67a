/** What `session out` can be asked for. Each command answers with fields for the message that it passes on. */
import { ConnectErrorCode } from 'tandem-broker/client';

/** @typedef {import('./connection.mjs').Connection} Connection */
/** @typedef {import('./node-red.js').Message} Message */
/** @typedef {(connection: Connection, request: Message) => Promise<Message>} Command */

/**
 * Rejects with words for people where the command is unknown, or the gateway or the peer refuses.
 * @type {Command}
 */
export async function runCommand(connection, request) {
  const name = String(request['command'] ?? '');
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new Error(`msg.command must be one of ${Object.keys(COMMANDS).join(', ')}; not ${JSON.stringify(name)}.`);
  }
  const { type, words } = await connection.reachState(['connected', 'refused'], LONGEST_WAIT_MS);
  if (type !== 'connected') throw new Error(`Nothing was done: ${words}`);
  return command(connection, request);
}

/** How long a command waits for a gateway that is away: nobody wants a button to do something minutes after it was pressed. */
const LONGEST_WAIT_MS = 10_000;

/** @type {Readonly<Record<string, Command>>} */
const COMMANDS = { create, connect, accept, reject, send, disconnect, destroy, devices, sessions };

/** @type {Command} */
async function create(connection, request) {
  const serviceName = textOf(request, 'serviceName');
  const peer = await findPeer(connection, request);
  const options = /** @type {object} */ (request['connectOptions'] ?? { needSendData: true });
  const sessionId = await connection.use().createAbilityConnectionSession(serviceName, peer, options);
  await connection.listen(sessionId, { serviceName, peer });
  return { sessionId, serviceName, peer };
}

/** @type {Command} */
async function connect(connection, request) {
  const isOwn = request['sessionId'] === undefined;
  const created = isOwn ? await create(connection, request) : {};
  const sessionId = numberOf({ ...request, ...created });
  const { isConnected, errorCode, reason = '' } = await connection.use().connect(sessionId);
  if (isConnected) return { ...created, sessionId };
  if (isOwn) await connection.use().destroyAbilityConnectionSession(sessionId);
  const [name] = Object.entries(ConnectErrorCode).find(([, code]) => code === errorCode) ?? ['not connected'];
  throw new Error(reason === '' ? name : `${name}: ${reason}`);
}

/**
 * Takes what `session in` gave for a request.
 * @type {Command}
 */
async function accept(connection, request) {
  const token = textOf(request, 'token');
  const created = await create(connection, request);
  await connection.use().acceptConnect(numberOf(created), token);
  return created;
}

/** @type {Command} */
async function reject(connection, request) {
  await connection.use().reject(textOf(request, 'token'), String(request['reason'] ?? ''));
  return {};
}

/**
 * Bytes go as data: a Buffer, and whatever a function node makes, which has an ArrayBuffer of its own. Everything else goes as text.
 * @type {Command}
 */
async function send(connection, request) {
  const sessionId = request['sessionId'] === undefined ? findConnected(connection, request) : numberOf(request);
  const { payload } = request;
  if (isBytes(payload)) {
    await connection.use().sendData(sessionId, payload);
  } else {
    await connection.use().sendMessage(sessionId, textFrom(payload));
  }
  return { sessionId };
}

/**
 * @param {unknown} payload
 * @returns {payload is ArrayBuffer | ArrayBufferView}
 */
function isBytes(payload) {
  return (
    ArrayBuffer.isView(payload) || /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(payload))
  );
}

/** @param {unknown} payload */
function textFrom(payload) {
  if (typeof payload !== 'object' || payload === null) return String(payload ?? '');
  try {
    return JSON.stringify(payload);
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n', 1);
    throw new Error(`msg.payload cannot be sent as JSON: ${reason}`);
  }
}

/** @type {Command} */
async function disconnect(connection, request) {
  await connection.use().disconnect(numberOf(request));
  return {};
}

/** @type {Command} */
async function destroy(connection, request) {
  await connection.use().destroyAbilityConnectionSession(numberOf(request));
  return {};
}

/** @type {Command} */
async function devices(connection) {
  return { payload: await connection.use().getAvailableDeviceList() };
}

/** @type {Command} */
async function sessions(connection) {
  return { payload: await connection.use().listSessions() };
}

/**
 * The peer app, its device named as people do or by its id. One that is not in range may come: then the id is needed.
 * @param {Connection} connection
 * @param {Message} request
 */
async function findPeer(connection, request) {
  const peer = /** @type {Record<string, unknown>} */ (request['peer'] ?? {});
  const device = textOf(peer, 'deviceId');
  const known = await connection.use().getAvailableDeviceList();
  const found = known.find(({ deviceId, deviceName }) => [deviceId, deviceName].includes(device));
  return {
    deviceId: found?.deviceId ?? device,
    bundleName: textOf(peer, 'bundleName'),
    moduleName: textOf(peer, 'moduleName'),
    abilityName: textOf(peer, 'abilityName'),
  };
}

/**
 * The session of this app that is connected for the service, where there is exactly one.
 * @param {Connection} connection
 * @param {Message} request
 */
function findConnected({ app, sessions: all }, request) {
  const { serviceName } = request;
  const candidates = all().filter(
    (session) =>
      ['connected', 'suspended'].includes(session.state) &&
      session.app.moduleName === app.moduleName &&
      session.app.abilityName === app.abilityName &&
      (serviceName === undefined || session.serviceName === serviceName),
  );
  const [only, ...others] = candidates;
  const service = serviceName === undefined ? '' : ` for ${JSON.stringify(serviceName)}`;
  if (only === undefined) throw new Error(`No session is connected${service}.`);
  if (others.length > 0)
    throw new Error(`${candidates.length} sessions are connected${service}: msg.sessionId says which.`);
  return only.sessionId;
}

/** @param {Message} request */
function numberOf({ sessionId }) {
  if (typeof sessionId !== 'number') throw new Error('msg.sessionId must be the number of a session.');
  return sessionId;
}

/**
 * @param {Record<string, unknown>} from
 * @param {string} name
 */
function textOf(from, name) {
  const value = from[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${name} is missing: choose it in the node, or give it in the message.`);
}
