/** What becomes of the connection to an MQTT broker, in words for whoever runs the hub. */
import { boundLog, type Log } from './bounded-log.js';
import type { MqttServer } from './settings.js';
import type { HubTimers } from './timers.js';

export interface ConnectionLog {
  /** It is tried to connect. */
  attempt(): void;
  connected(): void;
  failed(error: unknown): void;
  /** The attempt, or the connection that it became, has ended. */
  closed(): void;
  /** Somebody asked for the end that comes next: it is no trouble. */
  expectEnd(): void;
  /** The broker does not do something for this hub. */
  complain(words: string): void;
}

/** The same words once, however often they are true. */
export function createConnectionLog({ url, version }: MqttServer, timers: HubTimers, to: Log): ConnectionLog {
  const log = boundLog(timers, to);
  let last = '';
  let isConnected = false;
  /** Whether it was said already why this attempt, or the connection that it became, ends. */
  let hasFailed = false;
  let isEndExpected = false;
  /** Whether people were told of something since it was connected last. */
  let isTroubled = false;

  function say(level: 'warn' | 'info', words: string): void {
    if (words !== last) log(level, `MQTT broker ${describeServer(url)}: ${words}`);
    last = words;
  }

  function complain(words: string): void {
    isTroubled = true;
    say('warn', words);
  }

  return {
    complain,
    attempt() {
      hasFailed = false;
    },
    connected() {
      isConnected = true;
      isEndExpected = false;
      say(isTroubled ? 'warn' : 'info', 'connected');
      isTroubled = false;
    },
    failed(error) {
      // Of an end that was asked for: something was still to be written.
      if (isConnected && isEndExpected) return;
      hasFailed = true;
      complain(describeTrouble(error, version));
    },
    closed() {
      if (isConnected && isEndExpected) say('info', 'the connection ends and begins anew');
      else if (!hasFailed) complain(isConnected ? 'connection lost' : describeTrouble(SILENCE, version));
      isConnected = false;
    },
    expectEnd() {
      isEndExpected = true;
    },
  };
}

/** The broker took the connection and ended it without a word. */
const SILENCE = new Error('it closed the connection without an answer');

/** With what to do, where the version of MQTT may be the reason. */
function describeTrouble(error: unknown, version: MqttServer['version']): string {
  const other = version === '5' ? '3.1.1' : '5';
  if (isVersionRefused(error)) return `it does not speak MQTT ${version}: set mqtt.version to "${other}"`;
  // Brokers of before MQTT 5 may do that, too. Source: MQTT 3.1.1, section 3.1.2.2.
  const hint =
    error === SILENCE && version === '5' ? `; if it speaks MQTT ${other} only, set mqtt.version to "${other}"` : '';
  return `${reasonOf(error)}${hint}`;
}

/** "Unacceptable protocol version". Sources: MQTT 3.1.1, section 3.2.2.3, and MQTT 5.0, section 3.2.2.2. */
function isVersionRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 1 || error.code === 0x84);
}

/** Without the credentials that a URL may hold. */
export function describeServer(url: string): string {
  return URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).host}` : 'with an unreadable address';
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}
