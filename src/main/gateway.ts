/** What `import … from 'tandem-broker/gateway'` gives: the gateway, for a broker of 'tandem-broker'. */
export { createGateway, type Gateway, type GatewayLoad } from '../gateway/gateway.js';
export type { GatewayLimits, ShareLimits } from '../gateway/gateway-limits.js';
export type { GatewayOptions, Tls } from '../gateway/gateway-options.js';
export type { Logger } from '../gateway/logger.js';
export type { DemoControl, LoginCodes, PageOptions } from '../gateway/page/page-options.js';
export type { Timers } from '../gateway/timers.js';
export type { HubFigures } from '../protocol/hub-figures.js';
export type { DemoSettings } from '../protocol/page-settings.js';
export { PAGE_DIRECTORY } from './page-directory.js';
