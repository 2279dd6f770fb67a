/** The MQTT broker that both sides of a measurement speak to; it is not measured. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Mosquitto {
  readonly url: string;
  stop(): Promise<void>;
}

/** Rejects with a word on what to install where there is none. */
export async function startMosquitto(): Promise<Mosquitto> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const port = await freePort();
  const path = join(directory, 'mosquitto.conf');
  // Its own limits must not be what is measured; as root it would change to a user who may not read the directory.
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'user root', 'max_inflight_messages 0'];
  await writeFile(path, `${lines.join('\n')}\n`);
  const env = { PATH: `${process.env['PATH']}:/usr/sbin` };
  const child = spawn('mosquitto', ['-c', path], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  await untilRunning(child);
  return {
    url: `mqtt://127.0.0.1:${port}`,
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      await rm(directory, { recursive: true });
    },
  };
}

function untilRunning(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', () => reject(new Error('mosquitto is missing; on Debian: apt-get install mosquitto')));
    child.once('exit', (code) => reject(new Error(`mosquitto ended with ${code}`)));
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.endsWith(' running')) resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}
