/**
 * The connections of all configuration nodes. A deploy ends every node and builds it anew; the connection stays for the new one, so that
 * neither sessions nor what the peers say meanwhile are lost.
 */
import { openConnection } from './connection.mjs';

/** @typedef {import('./connection.mjs').Connection} Connection */
/** @typedef {import('./connection.mjs').ConnectionOptions} ConnectionOptions */

/** How long a connection waits for the node that a deploy builds. */
const LINGER_MS = 10_000;

/** @type {Map<string, { readonly connection: Connection, readonly key: string, timer: NodeJS.Timeout | undefined }>} */
const entries = new Map();

/**
 * The connection of a configuration node: the one that it had, unless its settings have changed.
 * @param {string} id
 * @param {ConnectionOptions} options
 */
export async function takeConnection(id, options) {
  const key = JSON.stringify(options);
  const entry = entries.get(id);
  if (entry?.key === key) {
    clearTimeout(entry.timer);
    return entry.connection;
  }
  // Before the new one: an app has one client at a time.
  await dropConnection(id);
  const connection = openConnection(options);
  entries.set(id, { connection, key, timer: undefined });
  return connection;
}

/**
 * Keeps a connection for a moment.
 * @param {string} id
 */
export function leaveConnection(id) {
  const entry = entries.get(id);
  if (entry === undefined) return;
  entry.connection.hearing.hold();
  entry.timer = setTimeout(() => void dropConnection(id), LINGER_MS);
  entry.timer.unref();
}

/** @param {string} id */
export async function dropConnection(id) {
  const entry = entries.get(id);
  if (entry === undefined) return;
  clearTimeout(entry.timer);
  entries.delete(id);
  await entry.connection.close();
}
