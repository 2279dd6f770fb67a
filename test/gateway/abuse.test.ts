import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createStage, createToken } from './fixture.js';
import { FINAL, frame, Opcode, openWire, type Wire } from './wire.js';

const PING = '{"jsonrpc":"2.0","id":2,"method":"ping"}';

async function open(): Promise<{ readonly wire: Wire; readonly authentication: string }> {
  const { kitchen } = await createStage();
  const token = await createToken(kitchen);
  const wire = await openWire(kitchen.gateway.url);
  expect(String((await wire.next()).payload)).toContain('"method":"hello"');
  return { wire, authentication: `{"jsonrpc":"2.0","id":1,"method":"authenticate","params":{"token":"${token}"}}` };
}

/** A message in pieces of one byte, with whatever is between them. */
function inPieces(text: string, between: Buffer = Buffer.alloc(0)): Buffer {
  const last = text.length - 1;
  const pieces = [...text].map((character, index) => {
    const opcode = index === 0 ? Opcode.text : Opcode.continuation;
    return Buffer.concat([
      frame(index === last ? FINAL | opcode : opcode, character),
      index === last ? Buffer.of() : between,
    ]);
  });
  return Buffer.concat(pieces);
}

describe('frames as no library writes them', () => {
  it('may come in pieces of one byte, with a ping in between', async () => {
    const { wire, authentication } = await open();
    wire.socket.write(inPieces(authentication));
    expect(String((await wire.next()).payload)).toContain('"id":1,"result"');
    wire.socket.write(inPieces(PING, frame(FINAL | Opcode.ping, 'here')));
    const answers = [await wire.next(), await wire.next()].map(({ opcode, payload }) => [opcode, String(payload)]);
    expect(answers).toContainEqual([Opcode.pong, 'here']);
    expect(answers).toContainEqual([Opcode.text, '{"jsonrpc":"2.0","id":2,"result":null}']);
  });

  it('may come one byte at a time', async () => {
    const { wire, authentication } = await open();
    wire.socket.setNoDelay(true);
    for (const byte of inPieces(authentication)) wire.socket.write(Buffer.of(byte));
    expect(String((await wire.next()).payload)).toContain('"id":1,"result"');
  });

  it.each([
    ['text that is not UTF-8', frame(FINAL | Opcode.text, Buffer.of(0xc3, 0x28)), 1007],
    ['half of a surrogate pair in UTF-8', frame(FINAL | Opcode.text, Buffer.of(0xed, 0xa0, 0x80)), 1007],
    ['a frame without a mask', Buffer.of(FINAL | Opcode.text, 1, 0x7b), 1002],
    ['an opcode that is reserved', frame(FINAL | 0x3), 1002],
    ['a bit that is reserved', frame(FINAL | 0x40 | Opcode.text), 1002],
    ['a ping in pieces', frame(Opcode.ping), 1002],
    ['a ping that is too long', Buffer.of(FINAL | Opcode.ping, 0xfe, 0, 126, 0, 0, 0, 0), 1002],
    ['a continuation of nothing', frame(FINAL | Opcode.continuation, 'x'), 1002],
    ['a close code that may not be sent', frame(FINAL | Opcode.close, Buffer.of(0x03, 0xed)), 1002],
    ['a length of a terabyte', Buffer.of(FINAL | Opcode.text, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), 1009],
    [
      'pieces without end',
      Buffer.concat(Array.from({ length: 60 }, (_, index) => frame(index === 0 ? 1 : 0, 'x'.repeat(100)))),
      1009,
    ],
  ])('end the connection with a code: %s', async (_, bytes, code) => {
    const { wire } = await open();
    wire.socket.write(bytes);
    expect(await wire.closeCode()).toBe(code);
  });

  it('are answered after a flood of pings, most of which share one pong', async () => {
    const { wire, authentication } = await open();
    const flood = Buffer.concat(
      Array.from({ length: 20_000 }, (_, index) => frame(FINAL | Opcode.ping, String(index))),
    );
    wire.socket.write(flood);
    wire.socket.write(inPieces(authentication));
    const pongs: string[] = [];
    let isAnswered = false;
    while (!isAnswered || pongs.at(-1) !== '19999') {
      const { opcode, payload } = await wire.next();
      if (opcode === Opcode.pong) pongs.push(String(payload));
      else isAnswered = String(payload).includes('"id":1,"result"');
    }
    expect(pongs.length).toBeLessThan(2_000);
  });

  it('end with the connection when the client has closed its half', async () => {
    const { wire, authentication } = await open();
    wire.socket.write(inPieces(authentication));
    expect(String((await wire.next()).payload)).toContain('"id":1,"result"');
    wire.socket.end(frame(FINAL | Opcode.text, PING));
    await once(wire.socket, 'close');
  });
});
