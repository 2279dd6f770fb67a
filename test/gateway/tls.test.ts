import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../src/gateway/gateway.js';
import { readTls } from '../../src/main/tls-files.js';
import { makeTemporaryDirectory } from '../main/recorded-io.js';
import { createStage, createToken } from './fixture.js';
import { openRaw } from './raw-client.js';

const isMissing = process.env['CI'] !== 'true' && spawnSync('openssl', ['version']).status !== 0;

/** A certificate of its own authority for 127.0.0.1. */
async function makeFiles(name: string, days = '2') {
  const directory = await makeTemporaryDirectory();
  const files = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') };
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', files.keyFile];
  const { status, stderr } = spawnSync('openssl', [
    'req',
    '-x509',
    '-days',
    days,
    ...key,
    '-out',
    files.certFile,
    ...subject,
  ]);
  if (status !== 0) throw new Error(`apt-get install openssl: ${stderr}`);
  return files;
}

const silent = (): void => {};

describe.skipIf(isMissing)('a gateway with TLS (needs openssl)', () => {
  it('serves wss and https, nothing older than TLS 1.2, and a renewed certificate', async () => {
    const { kitchen } = await createStage();
    const files = await makeFiles('first');
    const tls = await readTls(files, silent);
    const gateway = await createGateway({ broker: kitchen.broker, tokens: kitchen.tokens, tls });
    expect(gateway.url).toMatch(/^wss:\/\/127\.0\.0\.1:/);
    const client = await openRaw(gateway.url, { ca: tls.cert });
    expect(await client.call('authenticate', { token: await createToken(kitchen) })).toMatchObject({ version: 1 });
    await expect(openRaw(gateway.url)).rejects.toThrow('self-signed');
    const old = connect({ port: gateway.port, ca: tls.cert, maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1' });
    await expect(
      new Promise((resolve, reject) => old.on('secureConnect', resolve).on('error', reject)),
    ).rejects.toThrow();
    const renewed = await readTls(await makeFiles('second'), silent);
    gateway.renewTls(renewed);
    await expect(openRaw(gateway.url, { ca: tls.cert })).rejects.toThrow();
    await openRaw(gateway.url, { ca: renewed.cert });
    await gateway.close();
  });

  it('is refused files that do not fit, with what is wrong', async () => {
    const files = await makeFiles('hub');
    const other = await makeFiles('other');
    await expect(readTls({ ...files, keyFile: other.keyFile }, silent)).rejects.toThrow('does not belong');
    await expect(readTls({ ...files, certFile: '/nowhere.pem' }, silent)).rejects.toThrow(
      'certificate of the gateway cannot',
    );
    await writeFile(other.keyFile, await readFile(files.certFile));
    await expect(readTls({ ...files, keyFile: other.keyFile }, silent)).rejects.toThrow('no key in PEM form');
  });
});
