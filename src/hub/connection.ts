/** The connection to an MQTT broker: opened again and again, with a will, and with one outbox in front of it. */
import { connect, type IClientOptions, type IClientPublishOptions, type MqttClient, Store } from 'mqtt';
import { RECONNECT_FIRST_MS, RECONNECT_LONGEST_MS } from '../protocol/client-limits.js';
import {
  MAX_MQTT_PACKET_BYTES,
  MQTT_EVENT_EXPIRY_MS,
  MQTT_KEEP_ALIVE_MS,
  MQTT_OPEN_TIMEOUT_MS,
} from '../protocol/hub-limits.js';
import { GOODBYE_TIMEOUT_MS } from '../protocol/limits.js';
import type { Log } from './bounded-log.js';
import { createConnectionLog } from './connection-log.js';
import { createOutbox, type Outbox } from './outbox.js';
import type { Publication, Received } from './publication.js';
import type { MqttServer } from './settings.js';
import type { HubTimers } from './timers.js';

export interface ConnectionOptions {
  readonly server: MqttServer;
  readonly clientId: string;
  /** What the broker publishes when this process dies. */
  readonly will: Publication;
  readonly timers: HubTimers;
  /** From 0 to below 1. */
  random(): number;
  log: Log;
  /** On every connection, the first as well as later ones. */
  onOpen(): void;
  onMessage(message: Received): void;
  onPressure(isHigh: boolean): void;
}

export interface Connection {
  readonly isOpen: boolean;
  readonly counts: Outbox['counts'];
  /** Publications that the MQTT broker refused. It says so with MQTT 5 only. */
  readonly refused: number;
  publish(publication: Publication): void;
  /** For this connection only: subscriptions are made anew in `onOpen`. */
  subscribe(filters: readonly string[]): void;
  unsubscribe(filters: readonly string[]): void;
  /** Password, certificates and key for the connections from the next one on. */
  renew(server: MqttServer): void;
  /** Ends this connection when what waits is sent; the next one is opened as after any loss. */
  reopen(): Promise<void>;
  /** Waits a moment for what is on its way. */
  close(): Promise<void>;
}

/** Never fails: a broker that is not there is tried again and again. */
export function openConnection(options: ConnectionOptions): Connection {
  const { server, timers, random } = options;
  const log = createConnectionLog(server, timers, options.log);
  const isFive = server.version === '5';
  const client = connect(server.url, clientOptions(options, isFive));
  const outbox = createOutbox({
    isOpen: () => client.connected && isAnnounced && !isClosing,
    transmit: (publication, done) =>
      transmit(client, publication, isFive, (refusal) => {
        done();
        if (refusal !== undefined) onRefusal(publication, refusal);
      }),
    onPressure: options.onPressure,
  });
  let isClosing = false;
  /** Whether `onOpen` has said its part: what waited since before is sent once, as it is then. */
  let isAnnounced = false;
  let failures = 0;
  let refused = 0;
  let retry: unknown;

  function onRefusal({ topic, instead }: Publication, refusal: string): void {
    refused += 1;
    log.complain(`it does not let this hub publish at ${topic}: ${refusal}`);
    if (instead !== undefined) outbox.add(instead);
  }

  client.on('connect', () => {
    log.connected();
    failures = 0;
    options.onOpen();
    isAnnounced = true;
    outbox.pump();
  });
  client.on('message', (topic, payload, { retain, properties }) => {
    const { responseTopic, correlationData } = properties ?? {};
    options.onMessage({ topic, payload, isRetained: retain, responseTopic, correlationData });
  });
  client.on('error', log.failed);
  client.on('close', () => {
    isAnnounced = false;
    outbox.lose();
    if (isClosing) return;
    log.closed();
    failures += 1;
    timers.clearTimeout(retry);
    retry = timers.setTimeout(reconnect, reopenDelay(failures, random()));
  });

  function reconnect(): void {
    log.attempt();
    client.reconnect(freshStores());
  }

  return {
    get isOpen() {
      return client.connected;
    },
    get counts() {
      return outbox.counts;
    },
    get refused() {
      return refused;
    },
    publish: outbox.add,
    subscribe(filters) {
      // Not with "no local": what an earlier run left under the same client id would not come, either.
      client.subscribe([...filters], { qos: 1 }, (error, granted) => {
        if (error !== null && client.connected) return log.complain(`cannot subscribe: ${error.message}`);
        const closed = (granted ?? []).filter(({ qos }) => qos >= 128).map(({ topic }) => topic);
        if (closed.length > 0) log.complain(`it does not let this hub subscribe to ${closed.join(', ')}`);
      });
    },
    unsubscribe(filters) {
      // A connection that is gone has no subscriptions left.
      if (client.connected) client.unsubscribe([...filters], () => {});
    },
    renew: (renewed) => void Object.assign(client.options, credentialsOf(renewed)),
    async reopen() {
      if (client.connected) await withinMs(GOODBYE_TIMEOUT_MS, outbox.whenEmpty());
      if (!client.connected) return;
      log.expectEnd();
      client.stream.end();
    },
    async close() {
      timers.clearTimeout(retry);
      const goodbye = client.connected ? outbox.whenEmpty() : Promise.resolve();
      await withinMs(GOODBYE_TIMEOUT_MS, goodbye);
      isClosing = true;
      timers.clearTimeout(retry);
      await withinMs(GOODBYE_TIMEOUT_MS, client.endAsync(!client.connected));
      client.stream.destroy();
    },
  };
}

function clientOptions({ server, clientId, will }: ConnectionOptions, isFive: boolean): IClientOptions {
  return {
    clientId,
    clean: true,
    protocolVersion: isFive ? 5 : 4,
    keepalive: MQTT_KEEP_ALIVE_MS / 1_000,
    connectTimeout: MQTT_OPEN_TIMEOUT_MS,
    // Ours: with random pauses, and on the clock that we were given.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    rejectUnauthorized: true,
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
    ...(isFive && { properties: { maximumPacketSize: MAX_MQTT_PACKET_BYTES } }),
    ...credentialsOf(server),
  };
}

function credentialsOf({ username, password, ca, cert, key }: MqttServer): IClientOptions {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

/** What was not acknowledged is sent again by the outbox, which knows what is still worth it. */
function freshStores(): { readonly incomingStore: Store; readonly outgoingStore: Store } {
  return { incomingStore: new Store(), outgoingStore: new Store() };
}

/** `done` is told why, where the broker refused it. */
function transmit(
  client: MqttClient,
  publication: Publication,
  isFive: boolean,
  done: (refusal?: string) => void,
): void {
  const { topic, payload, isRetained } = publication;
  const options: IClientPublishOptions = { qos: 1, retain: isRetained };
  const all = isFive ? { ...options, properties: propertiesOf(publication) } : options;
  client.publish(topic, payload, all, (error) => {
    // With a code it is the broker's answer; without, the connection is gone, and the outbox hears of that by itself.
    if (error === undefined || error === null) done();
    else if ('code' in error) done(error.message);
  });
}

function propertiesOf({ payload, isRetained, correlationData, userProperties }: Publication) {
  const isText = typeof payload === 'string';
  return {
    payloadFormatIndicator: isText,
    ...(!isText && { contentType: 'application/octet-stream' }),
    ...(!isRetained && { messageExpiryInterval: MQTT_EVENT_EXPIRY_MS / 1_000 }),
    ...(correlationData !== undefined && { correlationData }),
    ...(userProperties !== undefined && { userProperties: { ...userProperties } }),
  };
}

/** Doubling with every failure, at random between half of it and all: hubs that lost the same broker do not come back in one moment. */
function reopenDelay(failures: number, random: number): number {
  return Math.min(RECONNECT_LONGEST_MS, RECONNECT_FIRST_MS * 2 ** (failures - 1)) * (0.5 + random / 2);
}

/** Real time, because a process that ends cannot wait for anything else. */
async function withinMs(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work.catch(() => {}), tooLate]);
  clearTimeout(timer);
}
