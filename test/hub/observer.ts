/** Whoever else is at the MQTT broker: sees every message as it was published, and sends what a home-automation hub would. */
import { connectAsync, type IClientOptions, type IClientPublishOptions } from 'mqtt';
import { onTestFinished } from 'vitest';
import { checkMessages } from './rule-checker.js';
import type { Seen } from './seen.js';

export interface Observer {
  readonly seen: readonly Seen[];
  /** The latest message of a topic, seen or to come, that fits. */
  when(topic: string | RegExp, fits?: (seen: Seen) => boolean): Promise<Seen>;
  /** The next message of a topic that fits, after all that were seen so far. */
  next(topic: string | RegExp, fits?: (seen: Seen) => boolean): Promise<Seen>;
  send(topic: string, payload?: string | Buffer, options?: IClientPublishOptions): Promise<void>;
  /** Resolves when everything that was at the broker before has arrived. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Its own topics, which are nothing of the hub's. */
const FENCE = 'test/fence';

/** `isChecked` false: for tests that put broken messages there. All others are held against Home Assistant's rules after the test. */
export async function observe(
  url: string,
  { isChecked = true, ...options }: IClientOptions & { readonly isChecked?: boolean } = {},
): Promise<Observer> {
  const client = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0, ...options });
  client.on('error', () => {});
  const seen: Seen[] = [];
  const looks = new Set<(one: Seen) => void>();
  client.on('message', (topic, payload, { retain, properties }) => {
    const one = { topic, text: payload.toString(), payload, isRetained: retain, properties };
    seen.push(one);
    for (const look of [...looks]) look(one);
  });
  // "Retain as published", so that live messages tell whether they are kept. In order, because nothing is acknowledged.
  await client.subscribeAsync('#', { qos: 0, rap: true });

  function wait(topic: string | RegExp, fits: (seen: Seen) => boolean, present: readonly Seen[]): Promise<Seen> {
    const isMeant = (one: Seen): boolean =>
      (typeof topic === 'string' ? one.topic === topic : topic.test(one.topic)) && fits(one);
    const latest = present.findLast(isMeant);
    if (latest !== undefined) return Promise.resolve(latest);
    return new Promise((resolve) => {
      function look(one: Seen): void {
        if (!isMeant(one)) return;
        looks.delete(look);
        resolve(one);
      }
      looks.add(look);
    });
  }

  let fences = 0;
  async function settle(): Promise<void> {
    fences += 1;
    const mark = `${process.pid}-${fences}`;
    await client.publishAsync(FENCE, mark, { qos: 0 });
    await wait(FENCE, ({ text }) => text === mark, seen);
  }

  const close = (): Promise<void> => client.endAsync(true);
  onTestFinished(async () => {
    await close();
    if (isChecked) checkMessages(seen.filter(({ topic }) => topic !== FENCE));
  });
  return {
    seen,
    when: (topic, fits = () => true) => wait(topic, fits, seen),
    next: (topic, fits = () => true) => wait(topic, fits, []),
    async send(topic, payload = '', publishing = {}) {
      await client.publishAsync(topic, payload, { qos: 1, ...publishing });
    },
    settle,
    close,
  };
}

/** Everything that the broker keeps now. */
export async function readRetained(url: string): Promise<ReadonlyMap<string, string>> {
  const reader = await observe(url, { isChecked: false });
  await reader.settle();
  const kept = new Map(reader.seen.filter(({ topic }) => topic !== FENCE).map(({ topic, text }) => [topic, text]));
  await reader.close();
  return kept;
}
