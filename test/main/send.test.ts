import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AbilityConnectionManager, CollaborateParameters } from '../../src/broker/interface.js';
import { run } from '../../src/main/run.js';
import { sendOnce } from '../../src/main/send-once.js';
import type { SessionPort } from '../../src/main/transfer/session-port.js';
import { OnCollaborateResult, REQUIRED_PERMISSIONS, WantKeys } from '../../src/protocol/codes.js';
import { createHome, type Home } from '../client/fixture.js';
import { createRecordedIo, makeTemporaryDirectory, type RecordedIo } from './recorded-io.js';

/** What the far app does with a text. */
type React = (manager: AbilityConnectionManager, sessionId: number, text: string) => void;

interface Prepared {
  readonly home: Home;
  readonly io: RecordedIo;
  readonly args: readonly string[];
}

/** A `tandem send` to an app on the phone that reacts in its own way. */
async function prepare(react: React, ...options: string[]): Promise<Prepared> {
  const home = await createHome();
  const name = { bundleName: 'b', moduleName: 'm', abilityName: 'a' };
  const app = home.phone.registerApp({
    ...name,
    permissions: REQUIRED_PERMISSIONS,
    onCollaborate(want) {
      const asked = want[WantKeys.COLLABORATE_PARAMETERS] as CollaborateParameters; // the broker's own want
      const manager = app.abilityConnectionManager;
      const { PeerInfo: peer, ConnectOptions: options } = asked;
      const id = manager.createAbilityConnectionSession(peer.serviceName ?? '', app.context, peer, options);
      manager.on('receiveMessage', id, ({ msg = '' }) => react(manager, id, msg));
      void manager.acceptConnect(id, asked[WantKeys.TOKEN]);
      return OnCollaborateResult.ACCEPT;
    },
  });
  const directory = await makeTemporaryDirectory();
  const tokenFile = join(directory, 'token');
  await writeFile(tokenFile, await home.createToken({ bundleName: 'tandem.cli' }));
  const access = ['--url', home.gateway.url, '--token-file', tokenFile];
  const io = createRecordedIo({ env: { TANDEM_STATE_DIR: directory } });
  return { home, io, args: ['send', 'phone', 'hi', '--app', 'b/m/a', ...access, ...options] };
}

describe('tandem send, to an app that', () => {
  it('answers nothing: says so after the wait, and that the text was delivered', async () => {
    const { io, args } = await prepare(() => {}, '--wait', '1');
    expect(await run(args, io)).toBe(1);
    expect(io.errLines).toEqual([
      'tandem: No answer from phone within 1 ms.',
      expect.stringContaining('It was delivered.'),
      expect.stringMatching(
        /^It was session 100: tandem trace 100 --url ws:\S+ --token-file \S+ shows what happened\.$/,
      ),
    ]);
  });

  it('answers nothing: can be interrupted', async () => {
    const { io, args } = await prepare(() => io.interrupt(), '--wait', '3600000');
    expect(await run(args, io)).toBe(1);
    expect(io.errLines).toEqual(['tandem: Interrupted.']);
  });

  it('answers and ends the session at once: the answer counts', async () => {
    const { io, args } = await prepare((manager, sessionId) => {
      void manager.sendMessage(sessionId, 'bye').then(() => manager.disconnect(sessionId));
    });
    expect([await run(args, io), io.outLines, io.errLines]).toEqual([0, ['phone: bye'], []]);
  });

  it('ends the session: says so', async () => {
    const { io, args } = await prepare((manager, sessionId) => manager.disconnect(sessionId));
    expect(await run(args, io)).toBe(1);
    expect(io.errLines.slice(0, 2)).toEqual([
      'tandem: phone ended the session: PEER_APP_CLOSE_COLLABORATION',
      'The app on phone ended the session.',
    ]);
  });

  it('answers with control characters: none of them reaches the terminal', async () => {
    const { io, args } = await prepare((manager, sessionId) => {
      void manager.sendMessage(sessionId, 'a\u001b]0;title\u0007b\tc\u009b31m');
    });
    expect(await run(args, io)).toBe(0);
    expect(io.outLines).toEqual(['phone: a\\u001b]0;title\\u0007b\\tc\\u009b31m']);
  });

  it('keeps the session open: tandem sessions shows it', async () => {
    const listing = createRecordedIo();
    const { home, io, args } = await prepare(() => {}, '--wait', '3600000');
    const [, , , ...rest] = args;
    const connected = new Promise<void>((resolve) => {
      home.kitchen.sessions$.subscribe(({ state }) => state === 'connected' && resolve());
    });
    const sending = run(args, io);
    await connected;
    expect(await run(['sessions', ...rest.slice(2, 6)], listing)).toBe(0);
    io.interrupt();
    await sending;
    const [heading, row] = listing.outLines;
    expect(heading).toMatch(/^SESSION {2}STATE +SERVICE +APP +PEER +SINCE$/);
    expect(row).toMatch(
      /^100 +connected +tandem\.echo +tandem\.cli +b on phone +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d$/,
    );
  });
});

describe('the wait for answers', () => {
  afterEach(() => void vi.useRealTimers());

  it('begins when all is delivered, however long that takes', async () => {
    vi.useFakeTimers();
    let deliver = (): void => {};
    const delivered = new Promise<void>((resolve) => {
      deliver = resolve;
    });
    const port: SessionPort = {
      sendText: async () => {},
      sendData: () => delivered,
      next: () => new Promise(() => {}),
      close: () => {},
    };
    let failure: unknown;
    const options = { waitMs: 5_000, name: 'phone', onAnswer: () => {} };
    const sending = sendOnce(port, { text: 'hi', data: new ArrayBuffer(1) }, options).catch((error: unknown) => {
      failure = error;
    });
    await vi.advanceTimersByTimeAsync(60_000);
    deliver();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(failure).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await sending;
    expect(failure).toMatchObject({ message: 'No answer from phone within 5000 ms.' });
  });
});
