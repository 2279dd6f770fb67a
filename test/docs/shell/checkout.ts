/** Where a reader types: a clone of this tree, as `git clone` would make it, with a home and ports of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { hasCode } from '../../../src/main/private-file.js';
import { freePort } from '../../support/server-process.js';
import { NETWORK_ENV } from './network.js';
import type { Place } from './terminal.js';

export interface Checkout extends Place {
  /** The line as it is typed here: numbers of ports that documents name are ports of this checkout alone. */
  localize(text: string): string;
  remove(): Promise<void>;
}

/** The ports that documents name: of the gateway, and of an MQTT broker. */
const GATEWAY_PORT = '8420';
export const MQTT_PORT = '1883';

export interface CheckoutOptions {
  /** With the packages of this tree, built; without, it is as it was cloned. */
  readonly isInstalled: boolean;
  /** Where a real MQTT broker listens. */
  readonly mqttPort?: number | undefined;
}

export async function makeCheckout({ isInstalled, mqttPort = 0 }: CheckoutOptions): Promise<Checkout> {
  const root = await mkdtemp(join(tmpdir(), 'tandem-reader-'));
  const cwd = join(root, 'tandem');
  const home = join(root, 'home');
  await Promise.all([cwd, home, join(root, 'tmp')].map((folder) => mkdir(folder, { mode: 0o700 })));
  await copyTree(cwd);
  if (isInstalled) {
    await cp('dist', join(cwd, 'dist'), { recursive: true, preserveTimestamps: true });
    linkTree('node_modules', cwd);
  }
  await writeSettings(home, mqttPort);
  const gatewayPort = String(await freePort());
  return {
    cwd,
    env: { ...readerEnvironment(home), TMPDIR: join(root, 'tmp'), TANDEM_GATEWAY_PORT: gatewayPort },
    localize: (text) => text.replaceAll(GATEWAY_PORT, gatewayPort).replaceAll(MQTT_PORT, String(mqttPort)),
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** What is, or could be, committed, with its times. */
async function copyTree(to: string): Promise<void> {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const paths = listed
    .toString()
    .split('\0')
    .filter((path) => path !== '');
  for (const path of paths)
    await cp(path, join(to, path), { recursive: true, preserveTimestamps: true }).catch(ignoreDeleted);
}

function ignoreDeleted(error: unknown): void {
  if (!hasCode(error, 'ENOENT')) throw error;
}

/** Hard links, where the file system can: nothing writes into files that npm put there. */
function linkTree(path: string, to: string): void {
  if (spawnSync('cp', ['-al', path, to]).status === 0) return;
  execFileSync('cp', ['-a', path, to]);
}

/** curl fails on an answer that is an error; mosquitto's clients know the broker of this machine; Node-RED was there before. */
async function writeSettings(home: string, mqttPort: number): Promise<void> {
  await writeFile(join(home, '.curlrc'), 'fail-with-body\n');
  await mkdir(join(home, '.config'));
  await mkdir(join(home, '.node-red'));
  for (const program of ['mosquitto_pub', 'mosquitto_rr', 'mosquitto_sub'])
    await writeFile(join(home, '.config', program), `-p ${mqttPort}\n`);
}

/** The programs and npm's settings of whoever runs the tests, and nothing else: no Tandem of his is touched. */
function readerEnvironment(home: string): Record<string, string> {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return {
    ...NETWORK_ENV,
    HOME: home,
    PATH: [dirname(process.execPath), ...path].join(delimiter),
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    npm_config_cache: npmSetting('cache'),
    npm_config_userconfig: npmSetting('userconfig'),
    npm_config_update_notifier: 'false',
    npm_config_prefer_offline: 'true',
  };
}

function npmSetting(name: string): string {
  return execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
}
