/** How commands find the gateway that runs on this machine: a file in the state directory while it runs. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gateway } from '../gateway/gateway.js';
import { isObject } from '../protocol/shape.js';
import { readIfThere, writePrivateFile } from './private-file.js';
import { StateFile } from './state-directory.js';

/** Written once the gateway listens. */
export async function rememberGateway(directory: string, { url }: Gateway): Promise<void> {
  const here = { url: reachableUrl(url), pid: process.pid };
  await writePrivateFile(join(directory, StateFile.gateway), `${JSON.stringify(here)}\n`);
}

export async function forgetGateway(directory: string): Promise<void> {
  await rm(join(directory, StateFile.gateway), { force: true });
}

/** Undefined when there is none, or no such file. A gateway that was killed leaves its file: connecting tells. */
export async function findGateway(directory: string): Promise<string | undefined> {
  const text = await readIfThere(join(directory, StateFile.gateway));
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && typeof value['url'] === 'string' ? value['url'] : undefined;
  } catch {
    // Cut short by a crash: whoever wrote it is not running.
    return undefined;
  }
}

/** Where a browser on this machine finds the page of a gateway. */
export function pageAddress({ url }: Pick<Gateway, 'url'>): string {
  return new URL('/', reachableUrl(url).replace(/^ws/, 'http')).href;
}

/** A gateway that listens on every address is reached through loopback. */
function reachableUrl(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}
