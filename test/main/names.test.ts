import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createBroker } from '../../src/broker/broker.js';
import { createClient } from '../../src/client/client.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { createTwoPlaces, type Place } from './two-places.js';

async function outcomeOf(place: Place, ...args: string[]) {
  const { io, finished } = place.begin(args);
  return { exitCode: await finished, out: io.outLines, err: io.errLines };
}

/** The phone is switched off. */
async function loseThePhone({ kitchen, phone }: { readonly kitchen: Place; readonly phone: Place }): Promise<void> {
  await phone.broker.close();
  await firstValueFrom(kitchen.broker.devices$.pipe(filter((devices) => devices.length === 0)));
}

describe('a device that is out of range by now', () => {
  it('is listed with its name and when it was last heard, when asked for', async () => {
    const places = await createTwoPlaces();
    await loseThePhone(places);
    expect((await outcomeOf(places.kitchen, 'devices')).out).toEqual(['No device in range shares the account.']);
    expect((await outcomeOf(places.kitchen, 'devices', '--all')).out).toEqual([
      'NAME   WHERE                DEVICE ID',
      expect.stringMatching(/^phone {2}away, heard \d+ s ago {2}p1$/),
    ]);
    const { out } = await outcomeOf(places.kitchen, 'devices', '--all', '--json');
    expect(JSON.parse(out.join(''))).toEqual([
      { deviceId: 'p1', deviceName: 'phone', isInRange: false, lastSeen: expect.any(Number) },
    ]);
  });

  it('keeps its name in sessions, traces and where they are watched', async () => {
    const places = await createTwoPlaces();
    const { kitchen } = places;
    await outcomeOf(kitchen, 'send', 'phone', 'hi');
    const app = kitchen.broker.registerApp({
      bundleName: 'b',
      moduleName: 'm',
      abilityName: 'a',
      permissions: REQUIRED_PERMISSIONS,
    });
    const peer = { deviceId: 'p1', bundleName: 'tandem.echo', moduleName: 'entry', abilityName: 'EchoAbility' };
    const { abilityConnectionManager: manager } = app;
    await manager.connect(manager.createAbilityConnectionSession('s', app.context, peer, {}));
    await loseThePhone(places);
    expect((await outcomeOf(kitchen, 'sessions')).out[1]).toContain('tandem.echo on phone');
    expect((await outcomeOf(kitchen, 'trace', '100')).out[0]).toContain('tandem.echo on phone');
    const { io, finished } = kitchen.begin(['sessions', '--watch']);
    expect(await io.whenOut(/101/)).toMatch(/with tandem\.echo on phone/);
    io.interrupt();
    expect(await finished).toBe(0);
  });

  it('is still meant by its name: the failure says where it is, and the number of the session', async () => {
    const places = await createTwoPlaces();
    await loseThePhone(places);
    const { exitCode, err } = await outcomeOf(places.kitchen, 'send', 'phone', 'hi');
    expect(exitCode).toBe(1);
    expect(err).toEqual([
      expect.stringMatching(/^tandem: No session with phone: SYSTEM_INTERNAL_ERROR: no answer/),
      expect.stringMatching(/^phone (is not in range:|fell silent,) it was last heard \d+ s ago/),
      expect.stringMatching(/^It was session 100: tandem trace 100 /),
    ]);
    const { out } = await outcomeOf(places.kitchen, 'trace', '100');
    expect(out.at(-1)).toBe(err[1]);
  });
});

describe('a name where an id belongs', () => {
  it('is answered by the gateway with the id, over WebSocket and HTTP', async () => {
    const { kitchen } = await createTwoPlaces();
    const token = await readFile(join(kitchen.directory, 'token'), 'utf8');
    const client = createClient({ url: kitchen.gateway.url, token });
    await client.registerApp({ moduleName: 'm', abilityName: 'a' });
    const peer = { deviceId: 'phone', bundleName: 'b', moduleName: 'm', abilityName: 'a' };
    const words = 'peerInfo.deviceId is not found: "phone" is the name of p1. Use the id.';
    await expect(client.createAbilityConnectionSession('s', peer, {})).rejects.toMatchObject({
      kind: 'invalidParameter',
      message: expect.stringContaining(words),
    });
    await expect(client.createAbilityConnectionSession('s', { ...peer, deviceId: 'kitchen' }, {})).rejects.toThrow(
      '"kitchen" is the name of k1',
    );
    // What is no name may still come in range.
    expect(await client.createAbilityConnectionSession('s', { ...peer, deviceId: 'elsewhere' }, {})).toBe(100);
    await client.close();

    const http = kitchen.gateway.url.replace(/^ws/, 'http').replace('/v1/ws', '');
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    await fetch(`${http}/v1/apps/m/a`, { method: 'PUT', headers, body: '{}' });
    const body = JSON.stringify({ serviceName: 's', peerInfo: peer, connectOptions: {} });
    const answer = await fetch(`${http}/v1/sessions`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ kind: 'invalidParameter', message: expect.stringContaining(words) });
  });

  it('is found in process by the diagnosis', async () => {
    const { kitchen } = await createTwoPlaces();
    const app = kitchen.broker.registerApp({
      bundleName: 'b',
      moduleName: 'm',
      abilityName: 'a',
      permissions: REQUIRED_PERMISSIONS,
    });
    const { abilityConnectionManager: manager } = app;
    const peer = { deviceId: 'phone', bundleName: 'b', moduleName: 'm', abilityName: 'a' };
    const sessionId = manager.createAbilityConnectionSession('s', app.context, peer, {});
    expect(await manager.connect(sessionId)).toMatchObject({ isConnected: false });
    expect(kitchen.broker.listSessions()[0]?.diagnosis).toBe('"phone" is the name of p1. Connect to that id.');
  });
});

describe('a name that several devices have', () => {
  it('is refused with their ids while both are in range, and means the one that is there once the other is gone', async () => {
    const places = await createTwoPlaces();
    const twin = await createBroker({
      deviceId: 'p2',
      deviceName: 'phone',
      account: places.account,
      transport: places.air.transport('p2'),
    });
    await firstValueFrom(places.kitchen.broker.devices$.pipe(filter((devices) => devices.length === 2)));
    expect((await outcomeOf(places.kitchen, 'send', 'phone', 'hi')).err).toEqual([
      'tandem: Several devices are named "phone": say which by id.',
      'Their ids: p1, p2',
    ]);
    await twin.close();
    await firstValueFrom(places.kitchen.broker.devices$.pipe(filter((devices) => devices.length === 1)));
    expect(await outcomeOf(places.kitchen, 'send', 'phone', 'hi')).toMatchObject({ exitCode: 0, out: ['phone: hi'] });
  });
});
