/** Servers that are programs of Debian: mosquitto and nats-server. What they cost is read from /proc. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerParent } from '../../harness/child.js';
import type { MqttAddress, NatsAddress } from '../address.js';

export type NativeProgram = 'mosquitto' | 'nats-server';

/** Clock ticks a second in /proc on every Linux. Source: proc(5), sysconf(_SC_CLK_TCK). */
const TICKS_PER_SECOND = 100;

answerParent<{ readonly program: NativeProgram }>(async ({ program }) => {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const child = spawn(program, await argumentsOf(program, port, directory), { stdio: 'ignore' });
  // The end of this process is the end of that one.
  process.once('exit', () => child.kill('SIGKILL'));
  await Promise.race([untilListening(port), once(child, 'error').then(([error]) => Promise.reject(error))]);
  await rm(directory, { recursive: true });
  const pid = child.pid ?? 0;
  return {
    address: (): MqttAddress | NatsAddress =>
      program === 'mosquitto'
        ? { type: 'mqtt', url: `mqtt://127.0.0.1:${port}` }
        : { type: 'nats', url: `127.0.0.1:${port}` },
    cpu: () => cpuOf(pid),
    memory: () => residentBytes(pid),
  };
});

async function argumentsOf(program: NativeProgram, port: number, directory: string): Promise<string[]> {
  if (program === 'nats-server') return ['--addr', '127.0.0.1', '--port', String(port)];
  const path = join(directory, 'mosquitto.conf');
  const settings = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'max_inflight_messages 0',
    'max_queued_messages 0',
  ];
  await writeFile(path, `${settings.join('\n')}\n`);
  return ['-c', path];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  server.close();
  await once(server, 'close');
  return port;
}

/** Tries until a connection is taken. */
async function untilListening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isUp) return;
  }
}

async function cpuOf(pid: number): Promise<NodeJS.CpuUsage> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold spaces; utime and stime are fields 14 and 15. Source: proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const microseconds = (ticks: string | undefined) => (Number(ticks) * 1e6) / TICKS_PER_SECOND;
  return { user: microseconds(fields[11]), system: microseconds(fields[12]) };
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}
