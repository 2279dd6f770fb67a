/** Which web pages may talk to the gateway: browsers say where a page came from, and nobody else does. */

/**
 * Without an origin the client is no browser. Pages of this machine and of the gateway's own host may connect, and those of `allowed`
 * ("https://home.example"). A token is asked for all the same; this keeps other pages from even trying.
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  const page = parseUrl(origin);
  if (page === undefined) return false;
  return LOOPBACK_HOSTS.has(page.hostname) || page.host === parseUrl(`http://${host}`)?.host;
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Undefined for 'null' and whatever else is no URL of a page. */
function parseUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}
