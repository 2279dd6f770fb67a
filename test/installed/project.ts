/** A stranger's project, made before the first of these tests: the packed package, installed by npm as it comes. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { NETWORK_ENV } from '../docs/shell/network.js';

export interface StrangersProject {
  readonly folder: string;
  /** The package as npm packed it. */
  readonly tarball: string;
  /** What `npm install` printed. */
  readonly installed: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly project: StrangersProject;
  }
}

/** npm's own scripts are allowed, as they are for most. */
export const STRANGERS_ENV = {
  ...NETWORK_ENV,
  PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
  HOME: process.env['HOME'] ?? '',
  npm_config_update_notifier: 'false',
  npm_config_ignore_scripts: 'false',
  npm_config_nodedir: process.env['npm_config_nodedir'] ?? '',
};

/** The package.json of whoever begins. */
export const EMPTY_PROJECT = '{ "name": "strangers-project", "version": "1.0.0", "type": "module" }';

export function setup({ provide }: TestProject): () => void {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-stranger-')));
  const tarball = pack(root);
  const folder = join(root, 'project');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), EMPTY_PROJECT);
  provide('project', { folder, tarball, installed: npmIn(folder, 'install', tarball) });
  return () => rmSync(root, { recursive: true, force: true });
}

/** From a copy of what is packed: what other tests leave in the tree does not get in. */
function pack(root: string): string {
  const copy = join(root, 'tree');
  const { files } = JSON.parse(readFileSync('package.json', 'utf8'));
  const paths = ['package.json', 'README.md', 'LICENSE', ...files].filter((path: string) => !path.startsWith('!'));
  for (const path of paths) cpSync(path, join(copy, path), { recursive: true });
  const [{ filename }] = JSON.parse(npmIn(copy, 'pack', '--json', '--silent', '--pack-destination', resolve(root)));
  return join(root, filename);
}

/** What npm printed, on both outputs. Throws when it fails. */
export function npmIn(cwd: string, ...args: readonly string[]): string {
  return execFileSync('sh', ['-c', 'exec npm "$@" 2>&1', 'npm', ...args], {
    cwd,
    env: STRANGERS_ENV,
    encoding: 'utf8',
  });
}
