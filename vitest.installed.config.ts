/** What others get, carried out: `npm run test:installed`. Packages are installed, containers built, documents typed; it takes a registry, and minutes. */
import { mergeConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import base from './vitest.config.js';

const HOUR_MS = 3_600_000;

/** Takes as long as all others together. */
const LONGEST = '/shell-lines.test.ts';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification): number => Number(moduleId.endsWith(LONGEST));
    return [...(await super.sort(files))].sort((one, other) => isLongest(other) - isLongest(one));
  }
}

const { include: _, exclude: __, globalSetup: ___, ...test } = base.test ?? {};

export default mergeConfig(
  { ...base, test },
  {
    test: {
      include: ['test/installed/**/*.test.ts'],
      globalSetup: ['test/support/build.ts', 'test/installed/project.ts'],
      sequence: { sequencer: LongestFirst },
      // Each ends by itself or by a failure; a limit only ends what hangs.
      testTimeout: HOUR_MS / 4,
      hookTimeout: HOUR_MS / 4,
      teardownTimeout: 60_000,
      outputFile: { json: 'test-results/installed.json' },
    },
  },
);
