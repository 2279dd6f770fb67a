/** Stands for src/transport/ble/process/radio-program.ts in tests (vitest.config.ts): a forked process needs the compiled program, which build.ts makes. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const RADIO_PROGRAM = pathToFileURL(resolve('dist/transport/ble/process/radio-child.js'));
