/** What the probes find out about this machine. What it means, and in which words, is for others to say. */
import type { RadioPackages } from '../../transport/ble/radio-packages.js';
import type { HciSocketTrial } from '../../transport/ble/try-hci-socket.js';
import type { RadioConfig } from '../config/radio-settings.js';

/** The answer of a probe, or why there is none. */
export type Probed<Value> =
  | { readonly type: 'known'; readonly value: Value }
  | { readonly type: 'unknown'; readonly reason: string };

/** Where the probes look; elsewhere in tests. */
export interface Places {
  readonly sys: string;
  readonly proc: string;
  /** With a folder for each kernel. */
  readonly modules: string;
}

export const SYSTEM_PLACES: Places = { sys: '/sys', proc: '/proc', modules: '/lib/modules' };

export interface Platform {
  /** As `process.platform` has it. */
  readonly name: string;
  readonly release: string;
  readonly architecture: string;
  readonly nodeVersion: string;
  /** Of the program that runs, links resolved. */
  readonly nodePath: string;
}

export interface Kernel {
  /** It has the address family AF_BLUETOOTH now. */
  readonly knowsBluetooth: boolean;
  /** A module that would bring it is installed. */
  readonly hasModule: boolean;
}

export interface AdapterFacts {
  /** hci0 is 0. */
  readonly number: number;
  /** Such as 'usb', or 'virtual'. */
  readonly bus: string;
  readonly product: string | undefined;
  readonly address: string | undefined;
}

/** A switch of the kernel that keeps a radio silent. Source: the kernel's documentation, driver-api/rfkill. */
export interface Rfkill {
  /** The adapter's, such as 'hci0', or that of a switch for the whole machine. */
  readonly name: string;
  readonly isSoftBlocked: boolean;
  readonly isHardBlocked: boolean;
}

/** Source: capabilities(7). */
export interface Capabilities {
  readonly netAdmin: boolean;
  readonly netRaw: boolean;
}

export interface SelfTestTimes {
  readonly discoverMs: number;
  readonly connectMs: number;
  readonly echoMs: number;
}

export interface Facts {
  readonly platform: Platform;
  readonly packages: RadioPackages;
  /** How the native socket is built; undefined where its package is not installed. */
  readonly build: BuildCommand | undefined;
  readonly hciSocket: Probed<HciSocketTrial>;
  readonly kernel: Probed<Kernel>;
  readonly adapters: Probed<readonly AdapterFacts[]>;
  readonly rfkills: Probed<readonly Rfkill[]>;
  /** Process ids. */
  readonly bluetoothd: Probed<readonly number[]>;
  readonly capabilities: Probed<Capabilities>;
  readonly radio: RadioConfig;
  readonly selfTest: Probed<SelfTestTimes>;
}

export interface BuildCommand {
  readonly directory: string;
  readonly command: string;
}
