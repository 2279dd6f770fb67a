import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createStage, passTimeUntil, startHub } from './hub-stage.js';
import { startMosquitto } from './mosquitto.js';
import { observe } from './observer.js';

const STATE = 'tandem/kitchen/bridge/state';

/** Certificates of one day, for 127.0.0.1 and for a hub, of an authority of their own. */
function makeCertificates(directory: string): void {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: directory, stdio: 'ignore' });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '1', '-subj', '/CN=test authority');
  for (const name of ['server', 'hub']) {
    openssl(
      'req',
      ...key,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    );
    const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-copy_extensions', 'copy'];
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.crt`, ...signing);
  }
}

const ACCOUNT = { username: 'hub', password: 'right' };

/** An MQTT broker that knows one user, who sees everything. */
async function createLockedHome(skip: (note: string) => void) {
  const mosquitto = await startMosquitto(skip, async (directory) => {
    const file = join(directory, 'passwords');
    await writeFile(file, `${ACCOUNT.username}:${ACCOUNT.password}\n`);
    execFileSync('mosquitto_passwd', ['-U', file]);
    return ['allow_anonymous false', `password_file ${file}`];
  });
  return { mosquitto, home: await observe(mosquitto.url, ACCOUNT) };
}

describe('a hub before an MQTT broker that does not let everyone in', () => {
  it('shows its certificate over TLS, and trusts the authority that it was given', async ({ skip }) => {
    let place = '';
    const mosquitto = await startMosquitto(skip, async (directory) => {
      place = directory;
      makeCertificates(directory);
      return [
        `cafile ${join(directory, 'ca.crt')}`,
        `certfile ${join(directory, 'server.crt')}`,
        `keyfile ${join(directory, 'server.key')}`,
        'require_certificate true',
        'use_identity_as_username true',
        'allow_anonymous false',
      ];
    });
    const read = (name: string): Promise<string> => readFile(join(place, name), 'utf8');
    const [ca, cert, key] = [await read('ca.crt'), await read('hub.crt'), await read('hub.key')];
    const url = mosquitto.url.replace('mqtt:', 'mqtts:');
    const home = await observe(url, { ca, cert, key });
    const stage = await createStage();
    await startHub(stage, { url, server: { ca, cert, key } });
    await home.when(STATE, ({ text }) => text === 'online');
  });

  it('trusts nobody whom it cannot check', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip, async (directory) => {
      makeCertificates(directory);
      return [
        `certfile ${join(directory, 'server.crt')}`,
        `keyfile ${join(directory, 'server.key')}`,
        'allow_anonymous true',
      ];
    });
    const stage = await createStage();
    const hub = await startHub(stage, { url: mosquitto.url.replace('mqtt:', 'mqtts:') });
    while (hub.log.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(hub.log[0]).toMatch(/^MQTT broker mqtts:.*(self-signed|unable to (verify|get))/i);
  });

  it('gives user and password, and says once that they were refused, without telling them', async ({ skip }) => {
    const { mosquitto, home } = await createLockedHome(skip);
    const stage = await createStage();
    const wrong = await startHub(stage, { url: mosquitto.url, server: { ...ACCOUNT, password: 'wr0ng' } });
    while (wrong.log.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stage.clock.increment(60_000);
    await wrong.close();
    expect(wrong.log).toHaveLength(1);
    expect(wrong.log[0]).toMatch(/not authorized/i);
    expect(wrong.log[0]).not.toContain('wr0ng');
    await startHub(stage, { url: mosquitto.url, server: ACCOUNT });
    await passTimeUntil(
      stage.clock,
      home.when(STATE, ({ text }) => text === 'online'),
    );
  });

  it('gets in when its password was put right, without a restart', async ({ skip }) => {
    const { mosquitto, home } = await createLockedHome(skip);
    const stage = await createStage();
    const server = { ...ACCOUNT, password: 'wr0ng' };
    const hub = await startHub(stage, { url: mosquitto.url, server });
    while (hub.log.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(hub.status().isConnected).toBe(false);
    hub.renew({ url: mosquitto.url, version: '5', ...ACCOUNT });
    await passTimeUntil(
      stage.clock,
      home.when(STATE, ({ text }) => text === 'online'),
    );
    expect(hub.status().isConnected).toBe(true);
  });
});
