/** Starts apps that are not running when a peer asks for them, by the command in the configuration. Source: design 5, startOptions. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { StartOptionParams } from '../protocol/codes.js';
import type { AppName } from '../protocol/collaboration.js';
import { appKey } from './apps.js';

export interface StartableApp extends AppName {
  readonly start: {
    /** Program and arguments; no shell reads them. */
    readonly command: readonly [string, ...string[]];
    readonly workingDirectory?: string;
    /** Added to the broker's own environment. */
    readonly environment?: Readonly<Record<string, string>>;
  };
}

export interface AppStarter {
  canStart(name: AppName): boolean;
  /** Resolves when the program runs; an app that already runs is not started again. Rejects when it cannot be started. */
  start(name: AppName, startOptions: StartOptionParams): Promise<void>;
  /** Asks the programs it started to end (SIGTERM). */
  close(): void;
}

export function createAppStarter(startable: readonly StartableApp[]): AppStarter {
  const byName = new Map(startable.map((app) => [appKey(app), app]));
  const running = new Map<string, ChildProcess>();

  return {
    canStart: (name) => byName.has(appKey(name)),
    async start(name, startOptions) {
      const key = appKey(name);
      const app = byName.get(key);
      if (app === undefined || running.has(key)) return;
      const child = launch(app, startOptions);
      running.set(key, child);
      child.once('exit', () => running.delete(key));
      child.once('error', () => running.delete(key));
      await once(child, 'spawn');
    },
    close() {
      for (const child of running.values()) child.kill('SIGTERM');
      running.clear();
    },
  };
}

/** In the foreground the app shares the broker's terminal; in the background it has none. TANDEM_START tells it which. */
function launch({ start }: StartableApp, startOptions: StartOptionParams): ChildProcess {
  const [program, ...args] = start.command;
  const isForeground = startOptions === StartOptionParams.START_IN_FOREGROUND;
  return spawn(program, args, {
    stdio: isForeground ? 'inherit' : 'ignore',
    ...(start.workingDirectory !== undefined && { cwd: start.workingDirectory }),
    env: { ...process.env, ...start.environment, TANDEM_START: isForeground ? 'foreground' : 'background' },
  });
}
