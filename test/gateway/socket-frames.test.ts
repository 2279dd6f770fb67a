import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameBinary, framePing, frameTexts } from '../../src/gateway/socket-frames.js';
import { streamOf } from '../../src/gateway/socket-internals.js';
import { createMailbox } from '../conformance/mailbox.js';
import { createSocketPair } from './socket-pair.js';

describe('WebSocket frames', () => {
  it.each([
    ['an empty text', '', '8100'],
    ['a short text', 'hé', '810368c3a9'],
    ['the longest with a short length', 'a'.repeat(125), `817d${'61'.repeat(125)}`],
    ['the shortest with a 16-bit length', 'a'.repeat(126), `817e007e${'61'.repeat(126)}`],
  ])('of %s', (_, text, hex) => {
    expect(Buffer.from(frameTexts([text])).toString('hex')).toBe(hex);
  });

  it('of bytes and of a ping', () => {
    const [start, payload] = frameBinary(Uint8Array.of(1, 2), Uint8Array.of(3));
    expect([...(start ?? [])]).toEqual([0x82, 3, 1, 2]);
    expect([...(payload ?? [])]).toEqual([3]);
    expect(Buffer.concat(framePing('42')).toString('hex')).toBe('89023432');
    expect(Buffer.concat(framePing('')).toString('hex')).toBe('8900');
  });

  it('are what a client reads, whatever the texts', async () => {
    const { server, client } = await createSocketPair();
    const received = createMailbox<string>();
    client.on('message', (data) => received.post(String(data)));
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 120, maxLength: 130 }));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 8 }), async (texts) => {
        streamOf(server).write(frameTexts(texts));
        for (const expected of texts) expect(await received.next()).toBe(expected);
      }),
    );
  });

  it('are what a client reads, whatever the length', async () => {
    const { server, client } = await createSocketPair();
    for (const length of [0, 125 - 2, 126 - 2, 65_535 - 2, 65_536 - 2, 200_000]) {
      const arriving = once(client, 'message');
      for (const chunk of frameBinary(Uint8Array.of(7, 7), new Uint8Array(length).fill(1)))
        streamOf(server).write(chunk);
      const [data] = await arriving;
      expect(data).toHaveLength(length + 2);
    }
    const long = 'ü'.repeat(40_000);
    streamOf(server).write(frameTexts([long, 'x']));
    expect(String((await once(client, 'message'))[0])).toBe(long);
  });
});
