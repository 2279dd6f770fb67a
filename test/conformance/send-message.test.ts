import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectedPair, createSession, createStage, listen } from './fixture.js';
import { outcomeOf } from './outcome.js';
import { turns } from './time.js';

/** "1 KB": literal, as the reference has it. */
const MOST_BYTES = 1_024;

const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['an empty text', ''],
  ['a text with NUL inside', 'before\u0000after'],
  ['a text of several lines', 'one\r\ntwo\n'],
  ['emoji and combining marks', '👩‍👩‍👧‍👦 é ö'],
  ['what looks like JSON', '{"method":"connect"}'],
  ['a byte order mark at the front', '\ufeffmarked'],
  ['1,024 bytes of one-byte characters', 'x'.repeat(MOST_BYTES)],
  ['1,024 bytes of four-byte characters', '🙂'.repeat(MOST_BYTES / 4)],
];

describe.each([true, false])('sendMessage (sealed: %s)', (isSealed) => {
  it.each(TEXTS)('delivers %s', async (_, text) => {
    const { kitchen, phone } = await connectedPair(await createStage({ isSealed }));
    await expect(kitchen.manager.sendMessage(kitchen.sessionId, text)).resolves.toBeUndefined();
    expect(phone.heard.receiveMessage.all).toEqual([{ sessionId: phone.sessionId, msg: text }]);
  });

  it('delivers any well-formed text of up to 1,024 bytes, unchanged, once and in order', async () => {
    const { kitchen, phone } = await connectedPair(await createStage({ isSealed }));
    const expected: string[] = [];
    const text = fc.string({ unit: 'binary', maxLength: 256 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 20 }), async (texts) => {
        await Promise.all(texts.map((msg) => kitchen.manager.sendMessage(kitchen.sessionId, msg)));
        expected.push(...texts);
        expect(phone.heard.receiveMessage.all.map(({ msg }) => msg)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the order of the calls over thousands of messages, without waiting in between', async () => {
    const { kitchen, phone } = await connectedPair(await createStage({ isSealed }));
    const texts = Array.from({ length: 5_000 }, (_, index) => `message ${index}`);
    await Promise.all(texts.map((text) => kitchen.manager.sendMessage(kitchen.sessionId, text)));
    expect(phone.heard.receiveMessage.all.map(({ msg }) => msg)).toEqual(texts);
  });

  it('settles in the order of the calls', async () => {
    const { kitchen } = await connectedPair(await createStage({ isSealed }));
    const settled: number[] = [];
    const sends = Array.from({ length: 100 }, (_, index) =>
      kitchen.manager.sendMessage(kitchen.sessionId, `${index}`).then(() => settled.push(index)),
    );
    await Promise.all(sends);
    expect(settled).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });
});

describe('sendMessage', () => {
  it.each([
    ['of one-byte characters', 'x'.repeat(MOST_BYTES + 1)],
    ['of three-byte characters, though only 342 of them', '€'.repeat(342)],
  ])('throws 401 on a text of more than 1,024 bytes %s', async (_, text) => {
    const { kitchen, phone } = await connectedPair(await createStage());
    const outcome = await outcomeOf(() => kitchen.manager.sendMessage(kitchen.sessionId, text));
    expect(outcome).toBe('throws 401 invalidParameter');
    await turns();
    expect(phone.heard.receiveMessage.all).toEqual([]);
  });

  it('resolves only when the device of the peer has the message', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    stage.air.stall('phone');
    const sending = kitchen.manager.sendMessage(kitchen.sessionId, 'x');
    expect(await outcomeOf(() => sending)).toBe('stays open');
    stage.air.unstall('phone');
    await expect(sending).resolves.toBeUndefined();
  });

  it('works without needSendData', async () => {
    const { kitchen, phone } = await connectedPair(await createStage(), { connectOptions: {} });
    await kitchen.manager.sendMessage(kitchen.sessionId, 'text needs no data');
    expect(phone.heard.receiveMessage.all).toMatchObject([{ msg: 'text needs no data' }]);
  });

  it('raises no receiveMessage on the sending side', async () => {
    const { kitchen } = await connectedPair(await createStage());
    await kitchen.manager.sendMessage(kitchen.sessionId, 'x');
    await turns();
    expect(kitchen.heard.receiveMessage.all).toEqual([]);
  });

  it('rejects with 401 on a session that is not connected', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    const other = createSession(kitchen.app, stage.phone, { serviceName: 'other' });
    const { manager } = listen(stage.kitchen, kitchen.app, other);
    expect(await outcomeOf(() => manager.sendMessage(other, 'x'))).toBe('rejects 401 sessionNotConnected');
  });
});
