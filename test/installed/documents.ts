/** The documents of this tree, and how these tests follow them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { onTestFailed } from 'vitest';
import { readShellBlocks, type ShellBlock } from '../../scripts/shell-blocks.mjs';
import type { Checkout } from '../docs/shell/checkout.js';
import { follow } from '../docs/shell/reader.js';

export interface ShellDocument {
  readonly path: string;
  readonly blocks: readonly ShellBlock[];
}

/** Those with a line that is typed. */
export function readDocuments(): ShellDocument[] {
  const listed = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'];
  const paths = execFileSync('git', listed, { encoding: 'utf8' }).trim().split('\n');
  return paths
    .map((path) => ({ path, blocks: readShellBlocks({ path, text: readFileSync(path, 'utf8') }) }))
    .filter(({ blocks }) => linesOf(blocks).length > 0);
}

export function linesOf(blocks: readonly ShellBlock[]): string[] {
  return blocks.filter(({ notRun }) => notRun === undefined).flatMap(({ lines }) => lines);
}

/** A failure comes with all that was typed and printed until then. */
export async function followAndTell(blocks: readonly ShellBlock[], checkout: Checkout): Promise<void> {
  let transcript = '';
  onTestFailed(() => void process.stderr.write(transcript));
  await follow(blocks, checkout, (text) => {
    transcript += text;
  });
}
