/** What `tandem start` says once it runs: lines for people, or objects for programs. */
import { join } from 'node:path';
import type { RadioRole } from './config/radio-settings.js';
import type { Config } from './config/schema.js';
import { pageAddress } from './gateway-file.js';
import { describeRadio } from './radio.js';
import type { Service } from './service.js';
import { StateFile } from './state-directory.js';
import type { Io } from './terminal/io.js';
import { readVersion } from './version.js';

export interface Started {
  readonly service: Service;
  readonly deviceName: string;
  readonly directory: string;
  readonly config: Config;
  readonly isDemo: boolean;
}

export interface StartReport {
  started(what: Started): Promise<void>;
  /** What an app of this program does. */
  app(deviceName: string, words: string): void;
  /** The demo's second device runs; what can be tried now, and the address that logs in to the page, if there is one. */
  demo(phone: DemoPhone): void;
  /** A new address, because the one before was used. */
  login(address: string): void;
}

export interface DemoPhone {
  readonly deviceName: string;
  readonly login: string | undefined;
  /** Where further devices join its air. */
  readonly airPath: string;
  /** What a command needs to find this gateway; '' where it finds it by itself. */
  readonly options: string;
}

export const ROLE_WORDS: Record<RadioRole, string> = {
  central: 'a hub (central)',
  peripheral: 'a device (peripheral)',
  both: 'a hub and a device (central and peripheral)',
};

export function createStartReport(io: Io, isJson: boolean): StartReport {
  return isJson ? forPrograms(io) : forPeople(io);
}

function forPeople(io: Io): StartReport {
  return {
    async started({ service, deviceName, directory, config, isDemo }) {
      const { gateway, hub } = service;
      io.out(`Tandem ${await readVersion()}`);
      io.out(`${deviceName}: gateway at ${gateway.url}, state in ${directory}`);
      if (gateway.hasPage && !isDemo) {
        const token = join(directory, StateFile.token);
        io.out(
          `${deviceName}: page at ${config.gateway.publicUrl ?? pageAddress(gateway)}, log in with the token in ${token}`,
        );
      }
      io.out(`${deviceName}: ${ROLE_WORDS[config.radio.role]}, on ${describeRadio(config.radio)}`);
      if (hub !== undefined) io.out(`${deviceName}: hub ${hub.hubId}, on ${hub.server}`);
    },
    app: (deviceName, words) => io.out(`${deviceName}: ${words}`),
    demo({ deviceName, login, airPath, options }) {
      io.out('');
      io.out('Try, in another terminal:');
      io.out(`  npx tandem devices${options}`);
      io.out(`  npx tandem send ${deviceName} "hello"${options}`);
      io.out('');
      if (login !== undefined) {
        io.out('See it live, in a browser; this address logs in once:');
        io.out(`  ${login}`);
        io.out('');
      }
      io.out(`Another device can join them (docs/tutorial.md): npx tandem start --air ${airPath} …`);
      io.out('Ctrl+C ends both devices.');
    },
    login: (address) => io.out(`The page is in use. For another browser: ${address}`),
  };
}

function forPrograms(io: Io): StartReport {
  return {
    async started({ service, deviceName, directory, config }) {
      const { broker, gateway, hub } = service;
      const page = gateway.hasPage ? { page: config.gateway.publicUrl ?? pageAddress(gateway) } : {};
      io.json({
        type: 'started',
        version: await readVersion(),
        deviceId: broker.deviceId,
        deviceName,
        url: gateway.url,
        ...page,
        stateDirectory: directory,
        role: config.radio.role,
        radio: describeRadio(config.radio),
        ...(hub !== undefined && { hubId: hub.hubId, mqtt: hub.server }),
      });
    },
    app: (deviceName, words) => io.json({ type: 'app', deviceName, words }),
    demo: ({ deviceName, login, airPath }) =>
      io.json({ type: 'demo', deviceName, airPath, ...(login !== undefined && { login }) }),
    login: (address) => io.json({ type: 'login', login: address }),
  };
}
