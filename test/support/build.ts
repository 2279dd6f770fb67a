/** Brings `dist` up to date before the first test: some tests start programs, and those run compiled; others open the page. */
import { execFileSync } from 'node:child_process';

export function setup(): void {
  for (const command of [
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    ['scripts/lay-out-charts.mjs'],
    ['node_modules/vite/bin/vite.js', 'build'],
    ['node_modules/vite/bin/vite.js', 'build', '-c', 'vite.radio.config.ts'],
  ]) {
    execFileSync(process.execPath, command, { stdio: 'inherit' });
  }
}
