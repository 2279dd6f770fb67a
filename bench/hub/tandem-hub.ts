/** Ours: a hub in front of a phone that echoes, on one memory air in one process. */
import { createBroker } from '../../src/broker/broker.js';
import type { Broker } from '../../src/broker/interface.js';
import { createHub } from '../../src/hub/hub.js';
import { DEFAULT_DISCOVERY, HUB_APP } from '../../src/hub/settings.js';
import { linkSlugOf } from '../../src/hub/slug.js';
import { createTopics } from '../../src/hub/topics.js';
import { ECHO_APP, ECHO_SERVICE, registerEchoApp } from '../../src/main/echo-app.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir } from '../../src/transport/memory.js';
import { answerParent } from '../harness/child.js';

export interface HubParams {
  readonly url: string;
}

/** Where a text goes in, and where its event comes out. */
export interface HubAddress {
  readonly message: string;
  readonly event: string;
  /** What has to be done before, and what says that it is done. */
  readonly opening?: { readonly press: string; readonly availability: string };
}

answerParent<HubParams>(async ({ url }) => {
  const air = createMemoryAir();
  const account = createAccount();
  const start = (deviceId: string): Promise<Broker> =>
    createBroker({ deviceId, account, transport: air.transport(deviceId) });
  const [kitchen, phone] = [await start('kitchen'), await start('phone')];
  registerEchoApp(phone);
  await createHub({
    broker: kitchen,
    settings: {
      server: { url, version: '5' },
      base: 'tandem',
      discovery: DEFAULT_DISCOVERY,
      app: HUB_APP,
      services: [{ serviceName: ECHO_SERVICE, ...ECHO_APP, onRequest: 'never' }],
    },
    version: 'bench',
    storage: { load: async () => ({ links: [], forgotten: [], places: [] }), save() {} },
    log: (line) => console.error(line),
  });
  const topics = createTopics('tandem', 'kitchen');
  const link = linkSlugOf('phone', ECHO_SERVICE, Object.values(ECHO_APP));
  const address: HubAddress = {
    message: topics.set(link, 'message'),
    event: topics.link(link, 'event'),
    opening: { press: topics.set(link, 'connect'), availability: topics.link(link, 'availability') },
  };
  return { address: () => address, cpu: () => process.cpuUsage() };
});
