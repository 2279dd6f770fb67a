/** What a gateway is made of, as its owner says. */
import type { Broker } from '../broker/interface.js';
import type { TokenStore } from '../broker/tokens.js';
import type { HubFigures } from '../protocol/hub-figures.js';
import type { GatewayLimits } from './gateway-limits.js';
import type { Logger } from './logger.js';
import type { PageOptions } from './page/page-options.js';
import type { Timers } from './timers.js';

export interface GatewayOptions {
  readonly broker: Broker;
  readonly tokens: TokenStore;
  /** Loopback if left out: clients on other machines need a host that they reach, and better a TLS proxy before it. */
  readonly host?: string;
  /** Any free one if left out. */
  readonly port?: number;
  /** Origins of web pages that may connect besides those of this machine and of the gateway's host. */
  readonly origins?: readonly string[];
  /** Addresses and ranges (`10.0.0.0/8`) of proxies whose X-Forwarded-For counts; none if left out. */
  readonly trustedProxies?: readonly string[];
  /** How the hub is that runs beside the gateway: `/metrics` and `/readyz` tell. */
  readonly hub?: () => HubFigures;
  /** Serves `wss:` and `https:` with it; `ws:` and `http:` if left out. */
  readonly tls?: Tls;
  readonly limits?: Partial<GatewayLimits>;
  /** Of the package, for `hello`. */
  readonly version?: string;
  /** Silent if left out. */
  readonly logger?: Logger;
  /** The system's if left out. */
  readonly timers?: Timers;
  /** The live page at `/`; none if left out. */
  readonly page?: PageOptions;
}

/** PEM texts: the certificate with those that lead to its authority, and its key. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}
