import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryDirectory } from '../recorded-io.js';
import { createTwoPlaces } from '../two-places.js';
import { createFile, createGate, receive, send, untilSomethingIsIn } from './transferring.js';

describe('a transfer that does not come to its end', () => {
  it('leaves nothing behind when the sender goes, and the receiver says so', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const into = await makeTemporaryDirectory();
    const receiving = await receive(phone, [into]);
    const gate = createGate();
    const sending = kitchen.begin(['send', 'phone', '-'], '', { readInput: () => gate.chunks });
    gate.put('some of it');
    await untilSomethingIsIn(into);
    sending.io.interrupt();
    expect(await sending.finished).toBe(1);
    expect(sending.io.errLines).toEqual(['tandem: Interrupted.']);
    expect(await receiving.finished).toBe(1);
    expect(receiving.io.errLines.slice(1)).toEqual([
      'tandem: kitchen ended the session: PEER_APP_EXIT',
      'Nothing of the file is kept.',
    ]);
    expect(await readdir(into)).toEqual([]);
    gate.end();
  });

  it('leaves nothing behind when the receiver goes, and the sender says so with the diagnosis', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const into = await makeTemporaryDirectory();
    const receiving = await receive(phone, [into]);
    const gate = createGate();
    const sending = kitchen.begin(['send', 'phone', '-'], '', { readInput: () => gate.chunks });
    gate.put('some of it');
    await untilSomethingIsIn(into);
    receiving.io.interrupt();
    expect(await receiving.finished).toBe(1);
    expect(await readdir(into)).toEqual([]);
    expect(await sending.finished).toBe(1);
    expect(sending.io.errLines).toEqual([
      'tandem: phone ended the session: PEER_APP_EXIT',
      expect.stringContaining('went away'),
      expect.stringMatching(/^It was session 100: /),
    ]);
    gate.end();
  });

  it('says why when the receiver cannot write', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const failing = { write: () => Promise.reject(new Error('ENOSPC: no space left')) };
    const receiving = await receive(phone, ['-'], failing);
    const sent = await send(kitchen, '--file', await createFile('a', 'theirs'));
    expect(sent.exitCode).toBe(1);
    expect(sent.io.errLines[0]).toBe('tandem: The other side said no: ENOSPC: no space left');
    expect(await receiving.finished).toBe(1);
  });

  it('says so when nobody takes files over there, and what would', async () => {
    const { kitchen } = await createTwoPlaces();
    const sent = await send(kitchen, '--file', await createFile('a', 'theirs'));
    expect(sent.exitCode).toBe(1);
    expect(sent.io.errLines).toEqual([
      expect.stringContaining('No session with phone: PEER_ABILITY_NO_ONCOLLABORATE'),
      'On phone, run: tandem receive',
      'To another app there, --data sends the bytes in one piece.',
      expect.stringMatching(/^It was session 100: /),
    ]);
  });

  it('says so when the app over there is not tandem receive', async () => {
    const { kitchen } = await createTwoPlaces();
    const file = await createFile('a', 'theirs');
    const sent = await send(kitchen, '--file', file, '--app', 'tandem.echo/entry/EchoAbility');
    expect(sent.exitCode).toBe(1);
    expect(sent.io.errLines[0]).toBe('tandem: What answers there is not tandem receive.');
  });

  it('does not begin with what cannot be read', async () => {
    const { kitchen } = await createTwoPlaces();
    const directory = await makeTemporaryDirectory();
    expect((await send(kitchen, '--file', join(directory, 'none'))).io.errLines[0]).toContain(
      'The file cannot be read: ENOENT',
    );
    const refused = await send(kitchen, '--file', directory);
    expect(refused.io.errLines).toEqual([
      `tandem: ${directory} is a directory.`,
      expect.stringContaining(`tar c ${directory} | tandem send`),
    ]);
    expect(kitchen.broker.listSessions()).toEqual([]);
  });
});

describe('tandem receive', () => {
  it('listens to the device it is told, by name, and to one file at a time', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const nobody = phone.begin(['receive', '--from', 'nobody']);
    expect(await nobody.finished).toBe(1);
    expect(nobody.io.errLines[0]).toBe('tandem: No device "nobody" is in range.');
    const into = await makeTemporaryDirectory();
    const receiving = await receive(phone, [into, '--from', 'kitchen']);
    const gate = createGate();
    const first = kitchen.begin(['send', 'phone', '-', '--name', 'one'], '', { readInput: () => gate.chunks });
    gate.put('1');
    await untilSomethingIsIn(into);
    const second = await send(kitchen, '--file', await createFile('two', '2'));
    expect(second.exitCode).toBe(1);
    expect(second.io.errLines[0]).toContain('PEER_APP_REJECTED: Another file is under way.');
    gate.end();
    expect([await first.finished, await receiving.finished]).toEqual([0, 0]);
  });

  it('says so where another one runs', async () => {
    const { phone } = await createTwoPlaces();
    const first = await receive(phone, []);
    const { io, finished } = phone.begin(['receive']);
    expect(await finished).toBe(1);
    expect(io.errLines[0]).toBe('tandem: Another tandem receive takes the files of this device.');
    first.io.interrupt();
    expect(await first.finished).toBe(1);
  });

  it('writes no bytes of another device to a terminal', async () => {
    const { phone } = await createTwoPlaces();
    const { io, finished } = phone.begin(['receive', '-'], '', { isOutTerminal: true });
    expect(await finished).toBe(2);
    expect(io.errLines[0]).toBe('tandem: Bytes of another device do not go to a terminal.');
  });

  it('says why it cannot write into a directory, to the sender as well', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const into = join(await makeTemporaryDirectory(), 'gone');
    await mkdir(into);
    const receiving = await receive(phone, [into]);
    await rm(into, { recursive: true });
    const sent = await send(kitchen, '--file', await createFile('a', 'theirs'));
    expect(sent.exitCode).toBe(1);
    expect(sent.io.errLines[0]).toContain('The other side said no: ENOENT');
    expect(await receiving.finished).toBe(1);
  });
});
