/**
 * Slugs: names that are safe as a level of a topic and as part of an id of Home Assistant, `[a-zA-Z0-9_-]{1,64}`. No wildcard, dot or
 * space can get into a topic, because a topic is made of nothing else.
 */
import { createHash } from 'node:crypto';
import anyAscii from 'any-ascii';
import { MAX_SLUG_CHARACTERS } from '../protocol/hub-limits.js';

export const SLUG = /^[a-zA-Z0-9_-]{1,64}$/;

/** What is left of a text for people to recognise; the hash beside it tells texts apart. */
const READABLE_CHARACTERS = 24;
const HASH_DIGITS = 10;

/** A text that is a slug already stays as it is; any other gets a hash of itself, so that two texts have two slugs. */
export function slugOf(text: string): string {
  return SLUG.test(text) ? text : `${readable(text) || 'hub'}-${hashOf([text])}`;
}

/** The slug of a hub link: the same on every start, and different for every other device, app or service. */
export function linkSlugOf(deviceId: string, serviceName: string, app: readonly string[]): string {
  const words = [deviceId, serviceName].map(readable).filter((word) => word !== '');
  return [...words, hashOf([deviceId, serviceName, ...app])].join('-').slice(-MAX_SLUG_CHARACTERS);
}

/** Text as Home Assistant writes it in entity ids: lower case, digits and underscores. */
export function entityWords(...texts: readonly string[]): string {
  return texts
    .map((text) => readable(text).replaceAll('-', '_'))
    .filter((words) => words !== '')
    .join('_');
}

/** The digits by which two links with the same words differ in entity ids. */
export function shortHash(slug: string): string {
  return hashOf([slug]).slice(0, 4);
}

/** In Latin letters, as Home Assistant does it for entity ids: "Küche" is "kuche". */
function readable(text: string): string {
  return anyAscii(text.normalize('NFC'))
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, READABLE_CHARACTERS)
    .replace(/-+$/, '');
}

/** JSON, so that no two lists of texts have the same form. */
function hashOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, HASH_DIGITS);
}
