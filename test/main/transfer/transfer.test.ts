import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryDirectory } from '../recorded-io.js';
import { createTwoPlaces, type Place, type Running } from '../two-places.js';

const WAITING = /^Waiting for a file\. On another device: tandem send phone --file FILE$|"waiting"/;

/** Begins `tandem receive` and resolves once it waits. */
async function receive(place: Place, args: readonly string[], changes = {}): Promise<Running> {
  const running = place.begin(['receive', ...args], '', changes);
  await running.io.whenErr(WAITING);
  return running;
}

async function send(place: Place, ...args: string[]): Promise<Running & { readonly exitCode: number }> {
  const running = place.begin(['send', 'phone', ...args]);
  return { ...running, exitCode: await running.finished };
}

/** The first bytes have come. The file system tells nobody who can be waited for. */
async function untilSomethingIsIn(directory: string): Promise<void> {
  await expect.poll(() => readdir(directory), { timeout: 20_000 }).toHaveLength(1);
}

/** A file of the sender, in a directory of its own. */
async function createFile(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await makeTemporaryDirectory(), name);
  await writeFile(path, content);
  return path;
}

describe('tandem send --file and tandem receive', () => {
  it('carry a file of several megabytes, complete, under its own name', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const content = randomBytes(6_000_000);
    const into = await makeTemporaryDirectory();
    const receiving = await receive(phone, [into]);
    const sent = await send(kitchen, '--file', await createFile('photo.jpg', content));
    expect({ code: sent.exitCode, out: sent.io.outLines, err: sent.io.errLines }).toEqual({
      code: 0,
      out: [expect.stringMatching(/^phone has photo\.jpg, 6,000,000 bytes in \d+\.\d s\.$/)],
      err: [],
    });
    expect(await receiving.finished).toBe(0);
    expect(receiving.io.outLines).toEqual([
      expect.stringMatching(/^Received from kitchen: \S+\/photo\.jpg, 6,000,000 bytes in \d+\.\d s\.$/),
    ]);
    expect(await readdir(into)).toEqual(['photo.jpg']);
    expect((await readFile(join(into, 'photo.jpg'))).equals(content)).toBe(true);
  });

  it('carry an empty file, and say everything as JSON', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const into = await makeTemporaryDirectory();
    const receiving = await receive(phone, [into, '--json']);
    const sent = await send(kitchen, '--file', await createFile('empty', ''), '--json');
    const sha256 = createHash('sha256').digest('hex');
    const facts = { type: 'kept', name: 'empty', bytes: 0, sha256, seconds: expect.any(Number) };
    expect(JSON.parse(sent.io.outLines.join(''))).toEqual({ ...facts, sessionId: 100 });
    expect(await receiving.finished).toBe(0);
    expect(JSON.parse(receiving.io.outLines.join(''))).toEqual({
      ...facts,
      from: 'kitchen',
      file: join(into, 'empty'),
    });
  });

  it('carry whatever comes from standard input to standard output, byte by byte', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));
    const receiving = await receive(phone, ['-']);
    const sending = kitchen.begin(['send', 'phone', '-'], content);
    expect(await sending.finished).toBe(0);
    expect(await receiving.finished).toBe(0);
    expect(receiving.io.written().equals(content)).toBe(true);
    expect(receiving.io.outLines).toEqual([]);
    expect(receiving.io.errLines.at(-1)).toMatch(/^Received from kitchen: 300,000 bytes/);
    expect(sending.io.outLines).toEqual([expect.stringMatching(/^phone has stdin, 300,000 bytes/)]);
  });

  it('take a name for a stream, and a file for its place', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const into = await makeTemporaryDirectory();
    const first = await receive(phone, [into]);
    await kitchen.begin(['send', 'phone', '--file', '-', '--name', 'docs.tar'], 'one').finished;
    expect(await first.finished).toBe(0);
    const second = await receive(phone, [join(into, 'other')]);
    await kitchen.begin(['send', 'phone', '--file', '-'], 'two').finished;
    expect(await second.finished).toBe(0);
    expect(await readFile(join(into, 'docs.tar'), 'utf8')).toBe('one');
    expect(await readFile(join(into, 'other'), 'utf8')).toBe('two');
  });

  it('go on with further files when told so, until Ctrl+C, and past one that was refused', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const into = await makeTemporaryDirectory();
    await writeFile(join(into, 'two'), 'mine');
    const receiving = await receive(phone, [into, '--keep-open']);
    const codes = [];
    for (const name of ['one', 'two', 'three']) {
      codes.push((await send(kitchen, '--file', await createFile(name, name))).exitCode);
    }
    expect(codes).toEqual([0, 1, 0]);
    await receiving.io.whenOut(/three/);
    receiving.io.interrupt();
    expect(await receiving.finished).toBe(0);
    expect((await readdir(into)).sort()).toEqual(['one', 'three', 'two']);
    expect(await readFile(join(into, 'two'), 'utf8')).toBe('mine');
  });
});

describe('a file that is there already', () => {
  it('is not replaced, and both sides say so and end with 1', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const into = await makeTemporaryDirectory();
    await writeFile(join(into, 'a'), 'mine');
    const receiving = await receive(phone, [into]);
    const sent = await send(kitchen, '--file', await createFile('a', 'theirs'));
    expect(sent.exitCode).toBe(1);
    expect(sent.io.errLines).toEqual([
      'tandem: The other side said no: a is there already.',
      expect.stringMatching(/^It was session 100: tandem trace 100 .*shows what happened\.$/),
    ]);
    expect(await receiving.finished).toBe(1);
    expect(receiving.io.errLines.slice(1)).toEqual([
      'tandem: a is there already.',
      '--force replaces it; or name another place.',
    ]);
    expect(await readdir(into)).toEqual(['a']);
    expect(await readFile(join(into, 'a'), 'utf8')).toBe('mine');
  });

  it('is replaced with --force, and when the person says yes', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const into = await makeTemporaryDirectory();
    await writeFile(join(into, 'a'), 'mine');
    const forced = await receive(phone, [into, '--force']);
    await send(kitchen, '--file', await createFile('a', 'theirs'));
    expect(await forced.finished).toBe(0);
    expect(await readFile(join(into, 'a'), 'utf8')).toBe('theirs');

    const asked: string[] = [];
    const ask = async (question: string): Promise<boolean> => asked.push(question) > 1;
    const refused = await receive(phone, [into], { ask });
    expect((await send(kitchen, '--file', await createFile('a', 'again'))).exitCode).toBe(1);
    expect(await refused.finished).toBe(1);
    const agreed = await receive(phone, [into], { ask });
    expect((await send(kitchen, '--file', await createFile('a', 'again'))).exitCode).toBe(0);
    expect(await agreed.finished).toBe(0);
    expect(asked).toEqual(['a is there already. Replace it?', 'a is there already. Replace it?']);
    expect(await readFile(join(into, 'a'), 'utf8')).toBe('again');
  });

  it('counts also when it is a link that leads nowhere, and is asked about before anything is waited for', async () => {
    const { phone } = await createTwoPlaces();
    const path = join(await makeTemporaryDirectory(), 'a');
    await symlink('nowhere', path);
    const { io, finished } = phone.begin(['receive', path]);
    expect(await finished).toBe(1);
    expect(io.errLines[0]).toBe(`tandem: ${path} is there already.`);
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
  });

  it('counts also when it appears while the file comes', async () => {
    const { kitchen, phone } = await createTwoPlaces();
    const into = await makeTemporaryDirectory();
    const receiving = await receive(phone, [into]);
    const gate = createGate();
    const sending = kitchen.begin(['send', 'phone', '-', '--name', 'a'], '', { readInput: () => gate.chunks });
    gate.put('theirs');
    await untilSomethingIsIn(into);
    await writeFile(join(into, 'a'), 'mine');
    gate.end();
    expect([await sending.finished, await receiving.finished]).toEqual([1, 1]);
    expect(sending.io.errLines[0]).toBe('tandem: The other side said no: A file a has appeared there meanwhile.');
    expect(await readdir(into)).toEqual(['a']);
    expect(await readFile(join(into, 'a'), 'utf8')).toBe('mine');
  });
});

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

/** A stream that gives what it is given, until it is told to end. */
function createGate() {
  const waiting: Uint8Array[] = [];
  let isOver = false;
  let wake = (): void => {};
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) yield chunk;
      else if (isOver) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return {
    chunks: stream(),
    put(text: string) {
      waiting.push(Buffer.from(text));
      wake();
    },
    end() {
      isOver = true;
      wake();
    },
  };
}
