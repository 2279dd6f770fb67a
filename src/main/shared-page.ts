/** Where others than this machine find the page of a gateway. */
import type { Gateway } from '../gateway/gateway.js';
import { pageAddress } from './gateway-file.js';

export interface PagePlace {
  readonly publicUrl?: string | undefined;
  readonly host: string;
}

/** Undefined where nobody else reaches it, or nobody can tell how. In a demonstration everybody sits at this machine. */
export function sharedPage(
  { publicUrl, host }: PagePlace,
  gateway: Pick<Gateway, 'url' | 'hasPage'>,
  isDemo: boolean,
): string | undefined {
  if (!gateway.hasPage) return undefined;
  if (publicUrl !== undefined) return new URL('/', publicUrl).href;
  const isOne = !isLoopback(host) && host !== '0.0.0.0' && host !== '::';
  return isOne || isDemo ? pageAddress(gateway) : undefined;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
