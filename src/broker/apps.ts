/** The apps of this device: who is registered, and where a request for one of them goes. */

import { invalid, readFilledName, readFunction, readName } from '../protocol/arguments.js';
import type { AppName } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import type { AppContext, AppRegistration } from './interface.js';

/** A registered app, as the broker keeps it. */
export interface RegisteredApp {
  readonly name: AppName;
  readonly context: AppContext;
  readonly permissions: ReadonlySet<string>;
  readonly isSystemApp: boolean;
  readonly onCollaborate: AppRegistration['onCollaborate'];
  /** While true, its sessions tell it nothing: what comes waits, and peers are stopped by their credit. */
  isPaused: boolean;
  isClosed: boolean;
}

export interface Apps {
  find(name: AppName): RegisteredApp | undefined;
  /** Throws BrokerError `appInUse` or `invalidParameter`. */
  add(registration: AppRegistration): RegisteredApp;
  remove(app: RegisteredApp): void;
  list(): readonly RegisteredApp[];
  /** Resolves when the app registers; rejects when `signal` aborts first. */
  whenRegistered(name: AppName, signal: AbortSignal): Promise<RegisteredApp>;
}

export function createApps(): Apps {
  const apps = new Map<string, RegisteredApp>();
  const waiting = new Map<string, Set<(app: RegisteredApp) => void>>();

  return {
    find: (name) => apps.get(appKey(name)),
    list: () => [...apps.values()],
    add(registration) {
      const app = readRegistration(registration);
      const key = appKey(app.name);
      if (apps.has(key)) throw new BrokerError('appInUse', appText(app.name));
      apps.set(key, app);
      for (const tell of waiting.get(key) ?? []) tell(app);
      waiting.delete(key);
      return app;
    },
    remove(app) {
      app.isClosed = true;
      apps.delete(appKey(app.name));
    },
    whenRegistered: (name, signal) =>
      new Promise((resolve, reject) => {
        const key = appKey(name);
        const present = apps.get(key);
        if (present !== undefined) return resolve(present);
        const tellers = waiting.get(key) ?? new Set();
        waiting.set(key, tellers.add(resolve));
        signal.addEventListener('abort', () => {
          tellers.delete(resolve);
          if (tellers.size === 0 && waiting.get(key) === tellers) waiting.delete(key);
          reject(signal.reason);
        });
      }),
  };
}

/** Equal for equal names, and for no others. */
export function appKey({ bundleName, moduleName, abilityName }: AppName): string {
  return JSON.stringify([bundleName, moduleName, abilityName]);
}

/** An app's name for people. */
export function appText({ bundleName, moduleName, abilityName }: AppName): string {
  return `${bundleName}/${moduleName}/${abilityName}`;
}

type OnCollaborate = NonNullable<AppRegistration['onCollaborate']>;

/** JavaScript has no compiler to look at it. What an app is handed of it is frozen: names are who it is. */
function readRegistration(registration: AppRegistration): RegisteredApp {
  const { bundleName, moduleName, abilityName, permissions, isSystemApp, onCollaborate } = Object(registration);
  const name: AppName = Object.freeze({
    bundleName: readFilledName(bundleName, 'bundleName'),
    moduleName: readFilledName(moduleName, 'moduleName'),
    abilityName: readFilledName(abilityName, 'abilityName'),
  });
  if (!Array.isArray(permissions)) throw invalid('permissions must be an array of names.');
  if (!['undefined', 'boolean'].includes(typeof isSystemApp)) throw invalid('isSystemApp must be a boolean.');
  return {
    name,
    context: Object.freeze({ app: name }),
    permissions: new Set(permissions.map((permission) => readName(permission, 'permissions'))),
    isSystemApp: isSystemApp ?? false,
    onCollaborate:
      onCollaborate === undefined ? undefined : readFunction<OnCollaborate>(onCollaborate, 'onCollaborate'),
    isPaused: false,
    isClosed: false,
  };
}
