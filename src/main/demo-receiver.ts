/** The demo's taker of files: `tandem send phone --file FILE` can be tried, and nothing is kept of what comes. */
import type { App, Broker } from '../broker/interface.js';
import { OnCollaborateResult, REQUIRED_PERMISSIONS } from '../protocol/codes.js';
import { reasonOf } from './command-error.js';
import { count } from './terminal/count.js';
import type { FileSink } from './transfer/receive-file.js';
import { readWant, takeFile } from './transfer/take-file.js';
import { RECEIVE_APP } from './transfer/words.js';

/** `log` gets a line for each file. */
export function registerDemoReceiver(broker: Broker, log: (line: string) => void): App {
  const app = broker.registerApp({
    ...RECEIVE_APP,
    permissions: REQUIRED_PERMISSIONS,
    onCollaborate(want) {
      const { abilityConnectionManager: manager, context } = app;
      takeFile(
        {
          ...manager,
          create: (service, peer, options) => manager.createAbilityConnectionSession(service, context, peer, options),
        },
        readWant(want),
        { open: async () => NOWHERE, onProgress: () => {} },
      ).then(
        ({ name, bytes }) => log(`received ${name}, ${count(bytes, 'byte')}; a demo keeps no files`),
        (error: unknown) => log(`received no file: ${reasonOf(error)}`),
      );
      return OnCollaborateResult.ACCEPT;
    },
  });
  return app;
}

const NOWHERE: FileSink = {
  place: '',
  write: async () => {},
  keep: async () => {},
  abandon: async () => {},
};
