/** Where the code that drives a radio is: noble and bleno in what is published or in the tree, the native socket wherever it was installed. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** noble or bleno. */
export interface StackFiles {
  readonly version: string;
  /** What is required. */
  readonly entry: string;
  /** All that it requires of itself is in here. */
  readonly folder: string;
}

export const HCI_SOCKET = '@abandonware/bluetooth-hci-socket';

/** Made by `npm run build`, see vite.radio.config.ts: whoever installs Tandem gets no compilers, and none of their holes, with noble and bleno. */
const BUNDLE = fileURLToPath(new URL('./stacks/', import.meta.url));

const require = createRequire(import.meta.url);

/** From the build where this file is built, else the package itself. Throws when it is neither. */
export function findStack(name: 'noble' | 'bleno'): StackFiles {
  const entry = `${BUNDLE}${name}.cjs`;
  const packageName = `@abandonware/${name}`;
  if (existsSync(entry)) {
    const versions = JSON.parse(readFileSync(`${BUNDLE}versions.json`, 'utf8')) as Record<string, string>; // as the build writes it
    return { version: versions[packageName] ?? '', entry, folder: BUNDLE };
  }
  const manifest = require.resolve(`${packageName}/package.json`);
  const main = name === 'noble' ? `${packageName}/with-custom-binding` : packageName;
  return { version: versionIn(manifest), entry: require.resolve(main), folder: dirname(manifest) + sep };
}

/** Versions; undefined where it is missing. */
export type RadioPackages = Readonly<
  Record<'@abandonware/noble' | '@abandonware/bleno' | typeof HCI_SOCKET, string | undefined>
>;

export function listRadioPackages(): RadioPackages {
  return {
    '@abandonware/noble': versionOf('noble'),
    '@abandonware/bleno': versionOf('bleno'),
    [HCI_SOCKET]: findHciSocket()?.version,
  };
}

function versionOf(name: 'noble' | 'bleno'): string | undefined {
  try {
    return findStack(name).version;
  } catch {
    return undefined;
  }
}

/** Found without loading it; undefined where it is not installed. */
export function findHciSocket(): { readonly version: string; readonly directory: string } | undefined {
  try {
    const manifest = require.resolve(`${HCI_SOCKET}/package.json`);
    return { version: versionIn(manifest), directory: dirname(manifest) };
  } catch {
    return undefined;
  }
}

function versionIn(manifest: string): string {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }; // every installed package has one
  return version;
}
