/** Where settings come from, in tests: each source may be left out. */
import type { TSchema } from 'typebox';
import type { SettingOption } from '../../../src/main/config/given.js';
import { formatProblem } from '../../../src/main/config/problem.js';
import { type Reading, readSettings } from '../../../src/main/config/read-settings.js';
import { ConfigSchema } from '../../../src/main/config/schema.js';

export interface TestSources {
  readonly text?: string;
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: readonly SettingOption[];
  readonly schema?: TSchema;
}

export function read({ text, path = 'tandem.yaml', env = {}, options = [], schema }: TestSources): Promise<Reading> {
  const file = text === undefined ? undefined : { path, text };
  return readSettings(schema ?? ConfigSchema, { file, env, options });
}

export async function problemsOf(sources: TestSources): Promise<string[]> {
  return (await read(sources)).problems.map(formatProblem);
}
