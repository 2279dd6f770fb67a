/** What `tandem doctor` may find: the one list of ids, which docs/radio.md explains. */

/** `problem` keeps something from working; `note` is good to know. */
export type Level = 'ok' | 'note' | 'problem';

/** In the order in which they are told. Ids stay: scripts read them. */
export const FINDINGS = {
  platform: 'ok',
  'platform-not-tried': 'note',
  packages: 'ok',
  'packages-missing': 'problem',
  socket: 'ok',
  'socket-not-built': 'problem',
  'socket-failed': 'problem',
  kernel: 'ok',
  'kernel-without-bluetooth': 'problem',
  'kernel-module-not-loaded': 'problem',
  'kernel-out-of-reach': 'problem',
  adapter: 'ok',
  'adapter-up': 'note',
  'adapter-down': 'note',
  'adapter-blocked': 'problem',
  'adapter-missing': 'problem',
  bluetoothd: 'ok',
  'bluetoothd-running': 'note',
  permissions: 'ok',
  'permissions-missing': 'problem',
  'raw-channel': 'note',
  'one-adapter-for-both': 'note',
  'air-configured': 'note',
  'not-looked-at': 'note',
  radio: 'ok',
  'radio-missing': 'problem',
  'self-test': 'ok',
  'self-test-failed': 'problem',
} as const satisfies Record<string, Level>;
export type FindingId = keyof typeof FINDINGS;

export interface Finding {
  readonly id: FindingId;
  readonly level: Level;
  /** One sentence. */
  readonly what: string;
  /** One line: what to do. */
  readonly advice?: string;
}

export function createFinding(id: FindingId, what: string, advice?: string): Finding {
  return { id, level: FINDINGS[id], what, ...(advice !== undefined && { advice }) };
}

/** For probes that gave no answer. */
export function notLookedAt(subject: string, reason: string): Finding {
  return createFinding('not-looked-at', `${subject}: not found out, because ${reason}.`);
}
