/** Settings of an app that the broker starts. */
import Type from 'typebox';
import { filled, section } from './parts.js';

const StartSchema = section({
  command: Type.Unsafe<[string, ...string[]]>(
    Type.Array(Type.String(), { minItems: 1, description: 'Program and arguments; no shell reads them.' }),
  ),
  workingDirectory: Type.Optional(filled('Where the program runs; the broker’s own directory if not given.')),
  environment: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      // People keep passwords there.
      writeOnly: true,
      description: 'Variables added to the broker’s own environment.',
    }),
  ),
});

/** One of `apps` in the configuration. */
export const AppSchema = section({
  bundleName: filled('Bundle of the app, as its peers name it.'),
  moduleName: filled('Module of the app.'),
  abilityName: filled('Ability of the app.'),
  start: StartSchema,
});
