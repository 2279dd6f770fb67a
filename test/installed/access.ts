/** The state and the port of a Tandem of its own, and what a client needs to reach it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryDirectory } from '../main/recorded-io.js';
import type { Program } from './program.js';
import { STRANGERS_ENV } from './project.js';

/** A stranger's environment; removed after the test. */
export async function ownState() {
  return {
    ...STRANGERS_ENV,
    TANDEM_STATE_DIR: join(await makeTemporaryDirectory(), 'state'),
    TANDEM_GATEWAY_PORT: '0',
  };
}

/** What a program of its own needs to be a client of the one that was started. */
export function accessTo(program: Program, state: string): Record<string, string> {
  const [TANDEM_URL = ''] = /wss?:[^\s,]+/.exec(program.output()) ?? [];
  return { TANDEM_URL, TANDEM_TOKEN: readFileSync(join(state, 'token'), 'utf8').trim() };
}
