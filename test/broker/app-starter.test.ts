import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAppStarter, type StartableApp } from '../../src/broker/app-starter.js';
import { StartOptionParams } from '../../src/protocol/codes.js';

const NAME = { bundleName: 'com.example.echo', moduleName: 'entry', abilityName: 'EchoAbility' };

/** Connects to the test, says how it was started, and stays until the connection or the process is ended. */
const PROGRAM = `
  const socket = require('node:net').connect(Number(process.env.TEST_PORT), '127.0.0.1');
  socket.write(process.env.TANDEM_START);
  socket.on('close', () => process.exit());
`;

describe('app starter', () => {
  let server: Server;

  beforeEach(async () => {
    server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.close();
  });

  function startable(command: readonly [string, ...string[]] = [process.execPath, '-e', PROGRAM]): StartableApp {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    return { ...NAME, start: { command, environment: { TEST_PORT: String(port) } } };
  }

  async function firstWord(): Promise<{ socket: Socket; word: string }> {
    const [socket] = await once(server, 'connection');
    const [bytes] = await once(socket, 'data');
    return { socket, word: String(bytes) };
  }

  it('knows only the apps of the configuration', () => {
    const starter = createAppStarter([startable()]);

    expect(starter.canStart(NAME)).toBe(true);
    expect(starter.canStart({ ...NAME, abilityName: 'Other' })).toBe(false);
  });

  it.each([
    ['foreground', StartOptionParams.START_IN_FOREGROUND],
    ['background', StartOptionParams.START_IN_BACKGROUND],
  ] as const)('starts an app in the %s and tells it so', async (word, startOptions) => {
    const starter = createAppStarter([startable()]);
    const said = firstWord();

    await starter.start(NAME, startOptions);

    const heard = await said;
    expect(heard.word).toBe(word);
    heard.socket.destroy();
    starter.close();
  });

  it('does not start an app a second time while it runs, and ends it on close', async () => {
    const starter = createAppStarter([startable()]);
    let connections = 0;
    server.on('connection', () => {
      connections += 1;
    });
    const said = firstWord();
    await starter.start(NAME, StartOptionParams.START_IN_BACKGROUND);
    const { socket } = await said;

    await starter.start(NAME, StartOptionParams.START_IN_BACKGROUND);
    socket.on('error', () => {}); // the program may be ended before it closes its end
    const ended = once(socket, 'close');
    starter.close();

    await ended;
    expect(connections).toBe(1);
  });

  it('says that a program cannot be started', async () => {
    const starter = createAppStarter([startable(['/nonexistent/program'])]);

    await expect(starter.start(NAME, StartOptionParams.START_IN_BACKGROUND)).rejects.toThrow('ENOENT');
  });
});
