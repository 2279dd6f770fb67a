import { describe, expect, it } from 'vitest';
import { createGateway } from '../../src/gateway/gateway.js';
import { createLog, type LogOptions } from '../../src/main/log.js';
import { connectBetween, createStage, createToken, openApp, openClient } from '../gateway/fixture.js';
import { openRaw } from '../gateway/raw-client.js';

function record(changes: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const log = createLog({ level: 'info', format: 'auto', deviceName: 'kitchen', isTerminal: false, write, ...changes });
  return { lines, log };
}

describe('the log', () => {
  it('is an object a line for programs', () => {
    const { lines, log } = record();
    log.warn({ client: 'light' }, 'closing a client');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'warn', time: expect.any(String), device: 'kitchen', client: 'light', msg: 'closing a client' },
    ]);
  });

  it('is words on a terminal, without control characters that others chose', () => {
    const { lines, log } = record({ isTerminal: true });
    log.info({ client: 'li\u001bght', app: { a: 1 } }, 'client gone');
    expect(lines).toEqual([
      expect.stringMatching(
        /^\d\d:\d\d:\d\d[+-]\d\d:\d\d info kitchen: client gone client=li\\u001bght app=\{"a":1\}$/,
      ),
    ]);
  });

  it.each([
    ['silent', 0],
    ['error', 1],
    ['warn', 2],
    ['info', 3],
  ] as const)('at level %s has %d of three lines', (level, count) => {
    const { lines, log } = record({ level });
    log.error({}, 'x');
    log.warn({}, 'x');
    log.info({}, 'x');
    expect(lines).toHaveLength(count);
  });

  it('strikes out what has the name of a secret or of payload', () => {
    const { lines, log } = record();
    log.info({ token: 'S3CRET', call: { msg: 'S3CRET', data: 'S3CRET' }, authorization: 'S3CRET' }, 'words');
    expect(lines.join()).not.toContain('S3CRET');
    expect(lines.join()).toContain('"msg":"words"');
  });

  it('holds no token and no payload after a whole session, with failures', async () => {
    const stage = await createStage();
    const { lines, log } = record();
    const { broker, tokens } = stage.kitchen;
    const gateway = await createGateway({ broker, tokens, timers: stage.clock, logger: log });
    const logged = { ...stage.kitchen, gateway };
    const secrets = [
      await createToken(logged),
      'PAYLOAD-1',
      Buffer.from('PAYLOAD-2').toString('base64'),
      'WRONG-TOKEN',
    ];
    const phone = await openApp(stage.phone);
    const kitchen = await openApp(logged);
    const ends = await connectBetween(kitchen, phone);
    const { sessionId } = ends.kitchen;
    await kitchen.call('sendMessage', { sessionId, msg: secrets[1] });
    await kitchen.call('sendData', { sessionId, data: secrets[2] });
    await kitchen.call('sendMessage', { sessionId: 1, msg: secrets[1] }).catch(() => {});
    await kitchen.call('registerApp', { moduleName: secrets[1] }).catch(() => {});
    const stranger = await openRaw(gateway.url);
    stranger.sendRaw(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'authenticate', params: { token: secrets[3] } }));
    await (await openClient(logged)).drop();
    await expect.poll(() => lines.filter((line) => /wrong token|client gone/.test(line)).length).toBe(2);
    await gateway.close();
    const text = lines.join('\n');
    expect(text).toContain('client authenticated');
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});
