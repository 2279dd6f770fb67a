import { describe, expect, it } from 'vitest';
import { BrokerError } from '../../src/protocol/errors.js';
import {
  accountFingerprint,
  accountProof,
  accountTag,
  createAccount,
  parseAccount,
  tagKey,
} from '../../src/transport/account.js';

const account = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';

describe('account', () => {
  it('is the text of 32 fresh random bytes', () => {
    const accounts = new Set(Array.from({ length: 100 }, createAccount));
    expect(accounts.size).toBe(100);
    for (const text of accounts) expect(parseAccount(text)).toHaveLength(32);
  });

  it('reads back as its key, also with blanks around it', () => {
    const key = Uint8Array.from({ length: 32 }, (_, place) => place);
    expect(parseAccount(account)).toEqual(key);
    expect(parseAccount(` ${account}\n`)).toEqual(key);
  });

  it.each([
    ['empty', ''],
    ['too short', account.slice(1)],
    ['too long', `${account}A`],
    ['with a character that does not belong', account.replace('B', '+')],
    ['with bits beyond the 32 bytes', account.replace(/8$/, '9')],
  ])('refuses a text that is %s, without repeating it', (_, text) => {
    const error = thrownBy(() => parseAccount(text));
    expect(error).toBeInstanceOf(BrokerError);
    expect(error).toMatchObject({ kind: 'invalidParameter' });
    if (text !== '') expect(String(error)).not.toContain(text.slice(0, 10));
  });

  it('has a tag that is equal on all devices that share it, and on no others', () => {
    const key = parseAccount(account);
    expect(accountTag(key)).toBe('e8e15b1059f93deec8a09163d115ebfa406301de8ca9fb32ccec1b61f5f6fe9d');
    expect(accountTag(parseAccount(account))).toBe(accountTag(key));
    expect(accountTag(parseAccount(createAccount()))).not.toBe(accountTag(key));
  });

  it('has a fingerprint that people compare, which tells neither the key nor the tag', () => {
    const key = parseAccount(account);
    expect(accountFingerprint(key)).toBe('7ff09900dda71bba');
    expect(accountTag(key)).not.toContain(accountFingerprint(key));
    expect(Buffer.from(key).toString('hex')).not.toContain(accountFingerprint(key));
  });

  it('has a key for each use of its tag', () => {
    const tag = accountTag(parseAccount(account));
    expect(tagKey(tag, 'one use')).toHaveLength(32);
    expect(tagKey(tag, 'one use')).toEqual(tagKey(tag, 'one use'));
    expect(tagKey(tag, 'another use')).not.toEqual(tagKey(tag, 'one use'));
  });

  it('has a proof that tells neither the key nor the tag', () => {
    const key = parseAccount(account);
    const proof = Buffer.from(accountProof(key)).toString('hex');
    expect(proof).not.toContain(accountTag(key));
    expect(proof).not.toContain(Buffer.from(key).toString('hex'));
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
