/** Where a request comes from. */
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * The address of its connection, or the one that a trusted proxy saw: Fastify reads X-Forwarded-For from the right, as far as it trusts who
 * wrote it. What is no address there counts for nothing, and neither does a proxy's word that somebody sits on this machine.
 */
export function addressOf({ ip, socket }: FastifyRequest): string {
  const direct = plain(socket.remoteAddress ?? 'unknown');
  const told = plain(ip ?? '');
  if (isIP(told) === 0 || (isLoopback(told) && !isLoopback(direct))) return direct;
  return told;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** IPv4 as itself: a socket for both shows it within IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
