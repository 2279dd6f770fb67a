import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TraceEntry } from '../../src/client/interface.js';
import { run } from '../../src/main/run.js';
import { renderLine } from '../../src/main/terminal/line.js';
import { extendPath, formatEntry, formatPath } from '../../src/main/watch-text.js';
import { createHome, type Home, openEchoSession } from '../client/fixture.js';
import { createRecordedIo, makeTemporaryDirectory, type RecordedIo } from './recorded-io.js';

const CONNECTED: TraceEntry = {
  offset: 3,
  at: 1_795_377_600_250,
  lane: 'session',
  kind: 'state',
  name: 'peer.accept',
  machine: 'session',
  from: 'connecting',
  to: 'connected',
  edge: 'connecting|peer.accept|0',
};

describe('tandem watch', () => {
  it('prints what happened and what happens, and ends when the session is destroyed', async () => {
    const home = await createHome();
    const client = await home.connect();
    await client.registerApp({ bundleName: 'com.example.lamp', moduleName: 'entry', abilityName: 'Lamp' });
    const { sessionId } = await openEchoSession(client);
    const io = createRecordedIo();
    const finished = watch(home, io, sessionId);
    await io.whenOut(/session created ──connect──▶ connecting$/);
    await io.whenOut(/session connecting ──peer.accept──▶ connected$/);
    await client.disconnect(sessionId);
    await io.whenOut(/connected ──disconnect──▶ disconnected$/);
    await client.destroyAbilityConnectionSession(sessionId);
    expect(await finished).toBe(0);
    expect(io.outLines.at(-1)).toMatch(/disconnected ──destroy──▶ destroyed$/);
    expect(io.outLines.join('')).not.toContain('\u001b');
  });

  it('says so when there is no such session', async () => {
    const home = await createHome();
    const io = createRecordedIo();
    expect(await watch(home, io, 999)).toBe(1);
    expect(io.errLines.join(' ')).toContain('There is no trace of a session 999.');
  });

  it('wants the number of a session', async () => {
    const io = createRecordedIo();
    expect(await run(['watch', 'lamp'], io)).toBe(2);
    expect(io.errLines[0]).toContain('It takes the number of a session; tandem sessions lists them.');
  });
});

describe('an entry of a trace as a line', () => {
  it('names the way from state to state', () => {
    expect(renderLine(formatEntry(CONNECTED), false)).toMatch(
      /^\d\d:\d\d:00\.250[+-]\d\d:\d\d session connecting ──peer\.accept──▶ connected$/,
    );
  });

  it('has colour for a terminal', () => {
    expect(renderLine(formatEntry(CONNECTED), true)).toContain('\u001b[36mconnected\u001b[39m');
    expect(renderLine(formatPath(['connecting', 'failed']), true)).toBe('connecting → \u001b[31mfailed\u001b[39m');
  });

  it('lets nothing that another device said reach the terminal as a sequence', () => {
    expect(renderLine(formatEntry({ ...CONNECTED, detail: { reason: '\u001b[2J' } }), false)).not.toContain('\u001b');
  });

  it('extends the path by the states of the session only', () => {
    expect(extendPath([], CONNECTED)).toEqual(['connecting', 'connected']);
    expect(extendPath(['connecting'], { ...CONNECTED, machine: 'peer' })).toEqual(['connecting']);
  });
});

async function watch(home: Home, io: RecordedIo, sessionId: number): Promise<number> {
  const tokenFile = join(await makeTemporaryDirectory(), 'token');
  await writeFile(tokenFile, await home.createToken());
  return run(['watch', String(sessionId), '--url', home.gateway.url, '--token-file', tokenFile], io);
}
