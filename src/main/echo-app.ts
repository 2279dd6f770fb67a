/** An app that accepts every session and sends back what it receives; the demo's second device runs it. */
import type { App, Broker, CollaborateParameters } from '../broker/interface.js';
import { OnCollaborateResult, REQUIRED_PERMISSIONS, WantKeys } from '../protocol/codes.js';
import type { AppName } from '../protocol/collaboration.js';
import { count } from './terminal/count.js';
import { readWant } from './transfer/take-file.js';

/** How peers address the echo app. */
export const ECHO_APP: AppName = { bundleName: 'tandem.echo', moduleName: 'entry', abilityName: 'EchoAbility' };
/** The service it is asked for where the user names none; it takes any. */
export const ECHO_SERVICE = 'tandem.echo';

/** Registers the echo app. `log` gets a line when a session opens, ends, or carries something. */
export function registerEchoApp(broker: Broker, log: (line: string) => void = () => {}): App {
  const app = broker.registerApp({
    ...ECHO_APP,
    permissions: REQUIRED_PERMISSIONS,
    onCollaborate: (want) => {
      accept(app, readWant(want), log);
      return OnCollaborateResult.ACCEPT;
    },
  });
  return app;
}

function accept(app: App, parameters: CollaborateParameters, log: (line: string) => void): void {
  const { PeerInfo: peer, ConnectOptions: options, [WantKeys.TOKEN]: token } = parameters;
  const manager = app.abilityConnectionManager;
  const sessionId = manager.createAbilityConnectionSession(peer.serviceName ?? '', app.context, peer, options);

  /** A peer that is gone, or that does not take its echo, ends the session. */
  function end(): void {
    if (manager.getPeerInfoById(sessionId) === undefined) return;
    manager.destroyAbilityConnectionSession(sessionId);
    log(`session ${sessionId} ended`);
  }

  manager.on('connect', sessionId, () => log(`session ${sessionId} opened by ${peer.bundleName}`));
  manager.on('disconnect', sessionId, end);
  manager.on('receiveMessage', sessionId, ({ msg = '' }) => {
    log(`session ${sessionId} echoes a text of ${count(msg.length, 'character')}`);
    manager.sendMessage(sessionId, msg).catch(end);
  });
  manager.on('receiveData', sessionId, ({ data = new ArrayBuffer(0) }) => {
    log(`session ${sessionId} echoes ${count(data.byteLength, 'byte')}`);
    manager.sendData(sessionId, data).catch(end);
  });
  manager.acceptConnect(sessionId, token).catch(end);
}
