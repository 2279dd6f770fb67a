import { describe, expect, it } from 'vitest';
import { sharedPage } from '../../src/main/shared-page.js';

const gateway = (host: string) => ({ url: `ws://${host}:8420/v1/ws`, hasPage: true });

describe('the page that others than this machine are told of', () => {
  it.each([
    ['is the public one', 'https://tandem.home', '127.0.0.1', false, 'https://tandem.home/'],
    ['is the public one in a demonstration, too', 'https://tandem.home/', '127.0.0.1', true, 'https://tandem.home/'],
    ['is the gateway’s own address', undefined, '192.0.2.7', false, 'http://192.0.2.7:8420/'],
    ['is none on loopback', undefined, '127.0.0.1', false, undefined],
    ['is none where the gateway listens everywhere', undefined, '0.0.0.0', false, undefined],
    ['is loopback in a demonstration', undefined, '127.0.0.1', true, 'http://127.0.0.1:8420/'],
  ])('%s', (_, publicUrl, host, isDemo, page) => {
    expect(sharedPage({ publicUrl, host }, gateway(host), isDemo)).toBe(page);
  });

  it('is none where there is no page', () => {
    expect(
      sharedPage({ publicUrl: 'https://x', host: 'x' }, { ...gateway('x'), hasPage: false }, false),
    ).toBeUndefined();
  });
});
