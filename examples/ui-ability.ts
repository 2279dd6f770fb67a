/** Stand-ins for what the reference's device B imports from its system. */
import type { AbilityConnectionManager, App, AppContext } from '../src/broker/interface.js';

/** A class, because the reference's program extends it. */
export class UIAbility {
  private app: App | undefined;

  /** The system does this before it calls anything else. */
  attach(app: App): void {
    this.app = app;
  }

  get context(): AppContext {
    return this.running.context;
  }

  /** A module of the system in the reference; here every app has its own. */
  get abilityConnectionManager(): AbilityConnectionManager {
    return this.running.abilityConnectionManager;
  }

  private get running(): App {
    if (this.app === undefined) throw new Error('the ability is not running yet');
    return this.app;
  }
}

const stored = new Map<string, unknown>();

/** What the pages of an app share. */
export const AppStorage = {
  setOrCreate: (key: string, value: unknown): void => void stored.set(key, value),
  get: (key: string): unknown => stored.get(key),
};
