/** `bridge/request/<verb>`: the calls of the API reference for the hub's own sessions, and what a hub is asked itself. docs/mqtt.md */
import type { ConnectResult } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import { MAX_LINK_NAME_CHARACTERS, MAX_MQTT_REQUEST_BYTES } from '../protocol/hub-limits.js';
import { MAX_REASON_BYTES } from '../protocol/limits.js';
import type { HubLink, LinkStart } from './hub-link.js';
import type { HubLinks } from './hub-links.js';
import { connectErrorName } from './link-state.js';
import { readPayloadText } from './payload-text.js';
import { LOG_LEVELS, type LogLevel } from './settings.js';

export type Arguments = Readonly<Record<string, unknown>>;

/** What requests about the hub itself need. */
export interface HubControls {
  setLogging(level: LogLevel): void;
  /** What `options` answers. */
  describe(): object;
  /** Throws BrokerError `rateLimited`. */
  restart(): void;
}

export interface RequestRow {
  /** Payload waits for the peer and is bounded by that; everything else is bounded by a rate. */
  readonly isPayload?: boolean;
  readonly doc: string;
  run(links: HubLinks, args: Arguments, hub: HubControls): unknown;
}

/** The table behind docs/mqtt.md. Each throws or rejects with BrokerError. */
export const REQUESTS: Readonly<Record<string, RequestRow>> = {
  'session/create': {
    doc: 'Makes a session that can connect: `{sessionId, link}`.',
    run: (links, args) => {
      const link = findLink(links, args);
      return { sessionId: link.session.create(), link: link.id };
    },
  },
  'session/destroy': {
    doc: 'Disconnects the session and forgets it.',
    run: (links, args) => done(findLink(links, args).session.destroy()),
  },
  'session/connect': {
    doc: 'Connects, with a new session unless one was made: `{link, sessionId, isConnected, errorCode?, reason?}`; the answer takes up to 10 s.',
    run: async (links, args) => {
      const link = findLink(links, args);
      return resultOf(link, await link.session.connect());
    },
  },
  'session/accept': {
    doc: 'Accepts what a peer app asks for: `{link, sessionId}`.',
    run: async (links, args) => {
      const link = findLink(links, args);
      return { link: link.id, sessionId: await link.session.accept() };
    },
  },
  'session/reject': {
    doc: 'Refuses it; `reason` is told to the peer app.',
    run: (links, args) => done(findLink(links, args).session.reject(readText(args, 'reason', '', MAX_REASON_BYTES))),
  },
  'session/disconnect': {
    doc: 'Ends the connection.',
    run: (links, args) => done(findLink(links, args).session.disconnect()),
  },
  'session/get': {
    doc: 'The state of one link.',
    run: (links, args) => describeLink(findLink(links, args)),
  },
  'session/list': {
    doc: 'The states of the links that have a session.',
    run: (links) =>
      links
        .list()
        .filter(({ session }) => session.sessionId !== undefined)
        .map(describeLink),
  },
  'message/send': {
    isPayload: true,
    doc: 'Sends the text `msg`; answers when the peer’s broker has it.',
    run: async (links, args) => done(await findLink(links, args).session.sendText(readText(args, 'msg'))),
  },
  'data/send': {
    isPayload: true,
    doc: 'Sends `data`, which is base64; answers when the peer’s broker has it.',
    run: async (links, args) => done(await findLink(links, args).session.sendData(readBase64(args))),
  },
  'link/list': {
    doc: 'All hub links, those that were forgotten, too: `{link, name, deviceId, deviceName, serviceName, isPresent, isForgotten}`.',
    run: (links) => [...links.list().map(nameLink), ...links.listForgotten().map(nameForgotten)],
  },
  'link/rename': {
    doc: 'Gives the link a name of 1 to 64 characters; without `name` it is called after device and service again.',
    run: (links, args) => done(links.rename(findLink(links, args), readName(args['name']))),
  },
  'link/forget': {
    doc: 'Ends the session of the link and takes it away: it stays away, whether its device is seen or not.',
    run: (links, args) => done(links.forget(findLink(links, args))),
  },
  'link/restore': {
    doc: 'Shows a link again that was forgotten; `link` is its slug: `{link}`.',
    run: (links, args) => {
      const restored = links.restore(readText(args, 'link'));
      if (restored === undefined)
        throw new BrokerError('invalidParams', 'There is no such forgotten link, or no room.');
      return { link: restored.id };
    },
  },
  options: {
    doc: 'Sets `logging`, where given, to `off`, `warn` or `info`, until the hub ends; answers with the options.',
    run(_, args, hub) {
      if ('logging' in args) hub.setLogging(readLevel(args['logging']));
      return hub.describe();
    },
  },
  health_check: { doc: 'Answers `{healthy: true}`.', run: () => ({ healthy: true }) },
  restart: {
    doc: 'Ends every session of the hub, and its connection to the MQTT broker, and begins anew; 5 times at once, then once a minute.',
    run: (_links, _args, hub) => done(hub.restart()),
  },
};

/** The body of a request. Nothing is an empty object, and so is what a button sends. Throws BrokerError. */
export function readArguments(payload: Buffer): Arguments {
  if (payload.length > MAX_MQTT_REQUEST_BYTES) {
    throw new BrokerError('invalidParams', `A request must be at most ${MAX_MQTT_REQUEST_BYTES} bytes.`);
  }
  const text = readPayloadText(payload);
  if (text === '' || text === PRESS) return {};
  const value = parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Arguments; // every member is looked at before it is used
  throw new BrokerError('invalidParams', 'The body must be a JSON object.');
}

/** What Home Assistant's buttons send. Source: its MQTT button, payload_press. */
const PRESS = 'PRESS';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BrokerError('parseError', '', { cause: error });
  }
}

/** By `link`, by `sessionId`, or by `deviceId` and `serviceName`. */
function findLink(links: HubLinks, args: Arguments): HubLink {
  const link = lookUp(links, args);
  if (link === undefined) throw new BrokerError('invalidParams', 'There is no such link.');
  return link;
}

function lookUp(links: HubLinks, { link, sessionId, deviceId, serviceName }: Arguments): HubLink | undefined {
  if (typeof link === 'string') return links.get(link);
  if (typeof sessionId === 'number') return links.ofSession(sessionId);
  return links
    .list()
    .find((candidate) => candidate.deviceId === deviceId && candidate.service.serviceName === serviceName);
}

function describeLink(link: HubLink): object {
  return { link: link.id, ...link.state() };
}

function nameLink({ id, name, deviceId, deviceName, service, isPresent }: HubLink): object {
  const { serviceName } = service;
  return { link: id, name, deviceId, deviceName, serviceName, isPresent, isForgotten: false };
}

function nameForgotten({ id, name, deviceId, deviceName, service }: LinkStart): object {
  const { serviceName } = service;
  return { link: id, name: name ?? null, deviceId, deviceName, serviceName, isPresent: false, isForgotten: true };
}

/** Undefined: none is given. Throws BrokerError for what is no name. */
function readName(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const name = typeof value === 'string' ? value.trim() : '';
  if (name !== '' && name.length <= MAX_LINK_NAME_CHARACTERS && !/[\p{Cc}\p{Cs}]/u.test(name)) return name;
  throw new BrokerError('invalidParams', `name must be a text of 1 to ${MAX_LINK_NAME_CHARACTERS} plain characters.`);
}

function resultOf(link: HubLink, { isConnected, errorCode, reason }: ConnectResult): object {
  const failure = { errorCode: connectErrorName(errorCode), reason };
  return { link: link.id, sessionId: link.session.sessionId ?? null, isConnected, ...(!isConnected && failure) };
}

function done(_: unknown): object {
  return {};
}

function readText(args: Arguments, name: string, missing?: string, maxBytes = Number.POSITIVE_INFINITY): string {
  const value = args[name] ?? missing;
  if (typeof value === 'string' && Buffer.byteLength(value) <= maxBytes) return value;
  throw new BrokerError('invalidParams', `${name} must be a text.`);
}

function readBase64(args: Arguments): Buffer {
  const text = readText(args, 'data');
  const data = Buffer.from(text, 'base64');
  if (data.toString('base64') !== text) throw new BrokerError('invalidParams', 'data must be base64.');
  return data;
}

function readLevel(value: unknown): LogLevel {
  const level = LOG_LEVELS.find((known) => known === value);
  if (level === undefined) throw new BrokerError('invalidParams', `logging must be one of ${LOG_LEVELS.join(', ')}.`);
  return level;
}
