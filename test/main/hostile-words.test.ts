import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CollaborateParameters } from '../../src/broker/interface.js';
import { createLog } from '../../src/main/log.js';
import { OnCollaborateResult, REQUIRED_PERMISSIONS, WantKeys } from '../../src/protocol/codes.js';
import { HOSTILE, STEERING } from './terminal/steering.js';
import { createTwoPlaces, type Place, type TwoPlaces } from './two-places.js';

const APP = { bundleName: `b${HOSTILE}`, moduleName: `m${HOSTILE}`, abilityName: 'Loud' };
const SPOKEN = `${APP.bundleName}/${APP.moduleName}/${APP.abilityName}`;

/** A device whose name, app, answers and reasons are all chosen to steer the terminal of whoever looks. */
async function createHostilePlaces(): Promise<TwoPlaces> {
  const places = await createTwoPlaces({ kitchen: 'kitchen', phone: HOSTILE });
  const { broker } = places.phone;
  const app = broker.registerApp({
    ...APP,
    permissions: REQUIRED_PERMISSIONS,
    onCollaborate(want) {
      const asked = want[WantKeys.COLLABORATE_PARAMETERS] as CollaborateParameters; // the broker's own want
      const { PeerInfo: peer, ConnectOptions: options, [WantKeys.TOKEN]: token } = asked;
      const { abilityConnectionManager: manager, context } = app;
      if (peer.serviceName === 'refused') {
        manager.reject(token, HOSTILE);
        return OnCollaborateResult.REJECT;
      }
      const id = manager.createAbilityConnectionSession(peer.serviceName ?? '', context, peer, options);
      manager.on('receiveMessage', id, () => void manager.sendMessage(id, HOSTILE));
      void manager.acceptConnect(id, token);
      return OnCollaborateResult.ACCEPT;
    },
  });
  return places;
}

/** Everything that a command wrote, on a terminal as well as in pipes, and what was changed in place. */
async function everythingOf(place: Place, args: readonly string[]): Promise<string[]> {
  const shown: string[] = [];
  const terminal = {
    isTerminal: true,
    redraw: (texts: readonly string[]) => void shown.push(...texts),
    status: (text: string | undefined) => void shown.push(text ?? ''),
    env: { NO_COLOR: '1' },
  };
  const runs = [place.begin(args), place.begin(args, '', terminal)];
  await Promise.all(runs.map(({ finished }) => finished));
  return [...runs.flatMap(({ io }) => [...io.outLines, ...io.errLines]), ...shown];
}

describe('words that another device chose to steer the terminal', () => {
  it('reach it as text only, in every command that shows them', async () => {
    const { kitchen } = await createHostilePlaces();
    const file = join(kitchen.directory, `f${'x'.repeat(10)}`);
    await writeFile(file, 'content');
    const commands = [
      ['send', 'p1', 'hi', '--app', SPOKEN],
      ['send', 'p1', 'hi', '--app', SPOKEN, '--service', 'refused'],
      ['send', 'p1', 'hi', '--app', `no${HOSTILE}/such/App`],
      ['send', 'p1', '--file', file],
      ['send', 'eivl', 'hi'],
      ['devices'],
      ['devices', '--all'],
      ['sessions'],
      ['trace', '100'],
      ['trace', '102'],
      ['trace', '104'],
      ['watch', '102'],
    ];
    const shown: string[] = [];
    for (const command of commands.flatMap((words) => [words, [...words, '--json']])) {
      shown.push(...(await everythingOf(kitchen, command)));
    }
    for (const line of shown) expect(line).not.toMatch(STEERING);
    // They were there: the name, an answer, a reason.
    const text = shown.join('\n');
    expect(text).toContain(
      'evil\\u001b[2J\\u001b]0;title\\u0007\\r\\nroot\\u202egpj\\u009b31m\\u200b\\u2028: evil\\u001b[2J',
    );
    expect(text).toMatch(/said no: evil\\u001b/);
  });

  it('reach it as text only where things change in place', async () => {
    const { kitchen } = await createHostilePlaces();
    for (const command of [
      ['devices', '--watch'],
      ['sessions', '--watch'],
    ]) {
      const shown: string[] = [];
      const { io, finished } = kitchen.begin(command, '', {
        isTerminal: true,
        redraw(texts) {
          shown.push(...texts);
          io.interrupt();
        },
      });
      expect(await finished).toBe(0);
      expect(shown.length).toBeGreaterThan(0);
      for (const line of shown) expect(line).not.toMatch(STEERING);
    }
  });

  it('are JSON that programs read as it was', async () => {
    const { kitchen } = await createHostilePlaces();
    const { io, finished } = kitchen.begin(['devices', '--json']);
    expect(await finished).toBe(0);
    expect(JSON.parse(io.outLines.join(''))).toMatchObject([{ deviceName: HOSTILE }]);
  });

  it.each(['json', 'words'] as const)('reach the log as text only: %s', (format) => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const log = createLog({ level: 'info', format, deviceName: HOSTILE, isTerminal: true, write });
    const error = new Error(HOSTILE);
    log.warn({ client: HOSTILE, app: { [HOSTILE]: HOSTILE }, err: error }, HOSTILE);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).not.toMatch(STEERING);
  });
});
