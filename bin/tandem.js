#!/usr/bin/env node
/** The command `tandem`. It is no product of the build, so that `npx tandem` finds it before the first one, too. */
import { existsSync } from 'node:fs';

const program = new URL('../dist/main/cli.js', import.meta.url);

if (existsSync(program)) {
  await import(program.href);
} else {
  console.error('tandem: not built yet. Build it with: npm run build');
  process.exitCode = 1;
}
