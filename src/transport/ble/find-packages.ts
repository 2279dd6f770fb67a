/** Which of the packages that drive a radio are installed: found without loading any of them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

export interface RadioPackage {
  readonly name: string;
  /** Both undefined: it is not installed. */
  readonly version: string | undefined;
  readonly directory: string | undefined;
}

export interface RadioPackages {
  readonly noble: RadioPackage;
  readonly bleno: RadioPackage;
  /** What both stand on where there is a real adapter; compiled on its own. */
  readonly hciSocket: RadioPackage;
}

export function findPackages(): RadioPackages {
  return {
    noble: findPackage('@abandonware/noble'),
    bleno: findPackage('@abandonware/bleno'),
    hciSocket: findPackage('@abandonware/bluetooth-hci-socket'),
  };
}

const require = createRequire(import.meta.url);

function findPackage(name: string): RadioPackage {
  try {
    const path = require.resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }; // every installed package has one
    return { name, version, directory: dirname(path) };
  } catch {
    return { name, version: undefined, directory: undefined };
  }
}
