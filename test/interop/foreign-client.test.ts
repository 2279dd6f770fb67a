import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { filter, firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBroker } from '../../src/broker/broker.js';
import type { App, Broker, CollaborateParameters } from '../../src/broker/interface.js';
import { createTokenStore } from '../../src/broker/tokens.js';
import { createGateway, type Gateway } from '../../src/gateway/gateway.js';
import { OnCollaborateResult, REQUIRED_PERMISSIONS, WantKeys } from '../../src/protocol/codes.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir } from '../../src/transport/memory.js';

/** The system's own first: that is the one for which packages are installed. */
const PYTHONS = ['/usr/bin/python3', 'python3'];
const MISSING = 'python3 with the package websockets is missing; on Debian: apt-get install python3-websockets';

const python = PYTHONS.find(hasWebSockets);

describe('a foreign client', () => {
  const air = createMemoryAir();
  const account = createAccount();
  let kitchen: Broker;
  let phone: Broker;
  let gateway: Gateway;
  let token: string;

  beforeAll(async () => {
    kitchen = await createBroker({ deviceId: 'kitchen', account, transport: air.transport('kitchen') });
    phone = await createBroker({ deviceId: 'phone', account, transport: air.transport('phone') });
    registerEcho(phone);
    await firstValueFrom(kitchen.devices$.pipe(filter((devices) => devices.length === 1)));

    const tokens = await createTokenStore();
    const scopes = ['read', 'drive'] as const;
    const grant = { name: 'foreign', permissions: REQUIRED_PERMISSIONS, isSystemApp: false, scopes };
    ({ token } = await tokens.create({ ...grant, bundleName: 'org.example.foreign' }));
    gateway = await createGateway({ broker: kitchen, tokens });
  });

  afterAll(async () => {
    await gateway.close();
    await Promise.all([kitchen.close(), phone.close()]);
  });

  it('drives a whole session with nothing but the document', async ({ skip }) => {
    if (python === undefined) {
      process.stderr.write(`${MISSING}\n`);
      return process.env['CI'] === 'true' ? expect.fail(MISSING) : skip(MISSING);
    }
    const { stdout } = await promisify(execFile)(python, ['test/interop/session.py', gateway.url, token, 'phone']);
    expect(stdout.trim().split('\n')).toEqual([
      'stranger sent away',
      'hello read',
      'authenticated',
      'app registered',
      'device seen',
      'session connected',
      'texts echoed',
      'data echoed',
      'errors as documented',
      'peer disconnected',
      'session destroyed',
    ]);
  });
});

function hasWebSockets(command: string): boolean {
  try {
    execFileSync(command, ['-c', 'import websockets'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Sends back what it gets, and disconnects after "bye". */
function registerEcho(broker: Broker): void {
  const app: App = broker.registerApp({
    bundleName: 'org.example.echo',
    moduleName: 'entry',
    abilityName: 'EntryAbility',
    permissions: REQUIRED_PERMISSIONS,
    onCollaborate: (want) => {
      const parameters = want[WantKeys.COLLABORATE_PARAMETERS] as CollaborateParameters; // so says the reference
      accept(app, parameters);
      return OnCollaborateResult.ACCEPT;
    },
  });
}

function accept(app: App, parameters: CollaborateParameters): void {
  const { PeerInfo: peer, ConnectOptions: options, [WantKeys.TOKEN]: token } = parameters;
  const manager = app.abilityConnectionManager;
  const sessionId = manager.createAbilityConnectionSession(peer.serviceName ?? '', app.context, peer, options);
  manager.on('receiveMessage', sessionId, ({ msg = '' }) => {
    const sent = manager.sendMessage(sessionId, msg);
    if (msg === 'bye') void sent.then(() => manager.disconnect(sessionId));
  });
  manager.on('receiveData', sessionId, ({ data = new ArrayBuffer(0) }) => void manager.sendData(sessionId, data));
  void manager.acceptConnect(sessionId, token);
}
