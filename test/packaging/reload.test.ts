import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMailbox } from '../conformance/mailbox.js';
import { makeTemporaryDirectory } from '../main/recorded-io.js';

/** What `systemctl reload tandem` runs. */
function reloadLine(): string {
  const [, line = ''] = /^ExecReload=(.+)$/m.exec(readFileSync('packaging/tandem.service', 'utf8')) ?? [];
  return line;
}

/** As systemd does it; `kill` is the shell's own here, where machines have no /bin/kill. */
function reload(pid: number): void {
  const line = reloadLine().replace('/bin/kill ', 'kill ');
  const { status, stderr } = spawnSync('sh', ['-c', line], { env: { MAINPID: `${pid}` }, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
}

/** The program as a service, without a terminal; ready when this resolves. */
async function startService(directory: string, env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['dist/main/cli.js', 'start', '--demo', '--port', '0'], {
    env: { PATH: process.env['PATH'], TANDEM_STATE_DIR: directory, TANDEM_LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const log = createMailbox<string>();
  createInterface({ input: child.stderr }).on('line', log.post);
  let port = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    port = Number(/gateway at wss?:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? port);
    if (line.startsWith('Ctrl+C')) break;
  }
  child.stdout.resume();
  return { child, ended, log, port, pid: child.pid ?? 0 };
}

function makeCertificate(directory: string, name: string): void {
  const kind = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    join(directory, 'key.pem'),
  ];
  const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    '-days',
    '2',
    ...kind,
    '-out',
    join(directory, 'cert.pem'),
    ...names,
  ]);
  expect(made.status).toBe(0);
}

async function subjectAt(port: number): Promise<unknown> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}

async function untilSaid(log: ReturnType<typeof createMailbox<string>>, words: string): Promise<string> {
  const line = await log.next();
  return line.includes(words) ? line : untilSaid(log, words);
}

describe('the systemd unit', () => {
  it('reloads with a new certificate, and keeps the old one where the new one is no good', async () => {
    const directory = await makeTemporaryDirectory();
    makeCertificate(directory, 'first');
    const { log, port, pid } = await startService(directory, {
      TANDEM_GATEWAY_TLS_CERT_FILE: join(directory, 'cert.pem'),
      TANDEM_GATEWAY_TLS_KEY_FILE: join(directory, 'key.pem'),
    });
    expect(await subjectAt(port)).toBe('first');
    makeCertificate(directory, 'second');
    reload(pid);
    await untilSaid(log, 'certificate read again');
    expect(await subjectAt(port)).toBe('second');
    writeFileSync(join(directory, 'cert.pem'), 'no certificate');
    reload(pid);
    await untilSaid(log, 'the certificate cannot be renewed');
    expect(await subjectAt(port)).toBe('second');
  });

  it('reloads without an end where there is nothing to read, and says so', async () => {
    const { log, pid, child, ended } = await startService(await makeTemporaryDirectory());
    reload(pid);
    await untilSaid(log, 'told to read files again, and there are none');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('reloads what the MQTT broker is met with', async () => {
    const directory = await makeTemporaryDirectory();
    const passwordFile = join(directory, 'password');
    writeFileSync(passwordFile, 'first');
    const { log, pid } = await startService(directory, {
      // Nobody is there; what matters is what is read.
      TANDEM_MQTT_URL: 'mqtt://127.0.0.1:9',
      TANDEM_MQTT_USERNAME: 'hub',
      TANDEM_MQTT_PASSWORD_FILE: passwordFile,
    });
    writeFileSync(passwordFile, 'second');
    reload(pid);
    expect(await untilSaid(log, 'files for the MQTT broker read again')).not.toContain('second');
  });
});
