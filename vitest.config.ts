import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // The package by its own name, from source: see "paths" in tsconfig.json.
    alias: [
      { find: /^tandem-broker$/, replacement: resolve('src/main/tandem.ts') },
      { find: /^tandem-broker\/client$/, replacement: resolve('src/client/client.ts') },
      { find: /^tandem-broker\/([\w-]+)$/, replacement: resolve('src/main/$1.ts') },
      { find: /^\.\/radio-program\.js$/, replacement: resolve('test/support/radio-program.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // Minutes each, and from a registry: vitest.installed.config.ts.
    exclude: ['test/installed/**'],
    globalSetup: ['test/support/build.ts'],
    // Processes, not threads: tests of the command line and of native packages need a whole one.
    pool: 'forks',
    // Two also where there are two cores: most tests wait for others more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Nothing waits for the clock; these only end a test that hangs, on a machine that may be very busy.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The last line of `npm run test:all` is counted from this summary.
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/summary.json' },
  },
});
