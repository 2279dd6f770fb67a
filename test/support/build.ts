/** Brings `dist` up to date before the first test: some tests start programs, and those run compiled; others open the page. */
import { execFileSync } from 'node:child_process';

export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
