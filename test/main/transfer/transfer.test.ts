import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryDirectory } from '../recorded-io.js';
import { createTwoPlaces } from '../two-places.js';
import { createFile, createGate, receive, send, untilSomethingIsIn } from './transferring.js';

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
