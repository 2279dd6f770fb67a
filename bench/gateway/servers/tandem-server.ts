/** Ours: two brokers on one memory air with a gateway each, in one process. */
import { filter, firstValueFrom } from 'rxjs';
import { createBroker } from '../../../src/broker/broker.js';
import type { Broker } from '../../../src/broker/interface.js';
import { createTokenStore } from '../../../src/broker/tokens.js';
import { createGateway } from '../../../src/gateway/gateway.js';
import { REQUIRED_PERMISSIONS } from '../../../src/protocol/codes.js';
import { createAccount } from '../../../src/transport/account.js';
import { createMemoryAir } from '../../../src/transport/memory.js';
import { answerParent } from '../../harness/child.js';
import { processFigures } from './process-figures.js';

export interface TandemServerParams {
  readonly isSealed: boolean;
}

/** What clients need to know. */
export interface TandemAddress {
  readonly type: 'tandem';
  readonly callerUrl: string;
  readonly answererUrl: string;
  readonly answererDevice: string;
  readonly bundleName: string;
  /** Valid at both gateways. */
  readonly token: string;
}

const BUNDLE = 'com.example.bench';
const ANSWERER = 'phone';

answerParent<TandemServerParams>(async ({ isSealed }) => {
  const air = createMemoryAir({ sealed: isSealed });
  const account = createAccount();
  const start = (deviceId: string): Promise<Broker> =>
    createBroker({ deviceId, account, transport: air.transport(deviceId) });
  const brokers = [await start('kitchen'), await start(ANSWERER)] as const;
  await Promise.all(brokers.map(seesAnother));

  const tokens = await createTokenStore();
  const { token } = await tokens.create({
    name: 'bench',
    bundleName: BUNDLE,
    permissions: REQUIRED_PERMISSIONS,
    isSystemApp: false,
    scopes: ['read', 'drive'],
  });
  const [caller, answerer] = await Promise.all(brokers.map((broker) => createGateway({ broker, tokens })));
  const address: TandemAddress = {
    type: 'tandem',
    callerUrl: caller?.url ?? '',
    answererUrl: answerer?.url ?? '',
    answererDevice: ANSWERER,
    bundleName: BUNDLE,
    token,
  };
  return { address: () => address, ...processFigures };
});

function seesAnother(broker: Broker): Promise<unknown> {
  return firstValueFrom(broker.devices$.pipe(filter((devices) => devices.length > 0)));
}
