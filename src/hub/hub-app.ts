/** The app that a hub's sessions belong to: it is asked by peer apps, and answers as the settings say. */
import type { App, Broker, CollaborateParameters, Want } from '../broker/interface.js';
import { OnCollaborateResult, REQUIRED_PERMISSIONS, WantKeys } from '../protocol/codes.js';
import type { AppName } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import { unreachable } from '../protocol/unreachable.js';
import type { HubLink } from './hub-link.js';
import { BEHIND } from './link-session.js';

/** `find` gives the link that a peer app asks for. */
export function registerHubApp(
  broker: Broker,
  name: AppName,
  find: (parameters: CollaborateParameters) => HubLink | undefined,
): App {
  const app = broker.registerApp({
    ...name,
    permissions: REQUIRED_PERMISSIONS,
    onCollaborate(want) {
      const parameters = readParameters(want);
      const refusal = ask(find(parameters), parameters);
      if (refusal === undefined) return OnCollaborateResult.ACCEPT;
      app.abilityConnectionManager.reject(parameters[WantKeys.TOKEN], refusal);
      return OnCollaborateResult.REJECT;
    },
  });
  return app;
}

/** Why not, if not. */
function ask(link: HubLink | undefined, parameters: CollaborateParameters): string | undefined {
  if (link === undefined) return 'This hub has no such service.';
  const { onRequest } = link.service;
  switch (onRequest) {
    case 'never':
      return 'This hub takes no requests for this service.';
    case 'accept':
      if (link.session.isBehind) return BEHIND;
      link.session.ask(parameters);
      link.session.accept().catch((error: unknown) => link.fail(brokerErrorOf(error)));
      return undefined;
    case 'button':
      link.session.ask(parameters);
      return undefined;
    default:
      return unreachable(onRequest);
  }
}

function brokerErrorOf(error: unknown): BrokerError {
  return error instanceof BrokerError ? error : new BrokerError('internalError', '', { cause: error });
}

/** Where the reference puts them, see its acceptConnect example. */
function readParameters(want: Want): CollaborateParameters {
  return want[WantKeys.COLLABORATE_PARAMETERS] as CollaborateParameters; // the broker's own want, made by its types
}
