/** The gateway's certificate and key, read and examined before anything listens with them. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Tls } from '../gateway/gateway-options.js';
import { CommandError, reasonOf } from './command-error.js';
import type { TlsFiles } from './config/service-settings.js';
import { formatDateTime } from './terminal/local-time.js';

/** Throws CommandError when a file cannot be used. `warn` hears of a certificate that clients will refuse. */
export async function readTls({ certFile, keyFile }: TlsFiles, warn: (words: string) => void): Promise<Tls> {
  const cert = await read(certFile, 'certificate');
  const key = await read(keyFile, 'key');
  const certificate = parse(certFile, 'certificate', () => new X509Certificate(cert));
  const privateKey: KeyObject = parse(keyFile, 'key', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CommandError(`The key in ${keyFile} does not belong to the certificate in ${certFile}.`);
  }
  const { validFrom, validTo } = certificate;
  const now = Date.now();
  const [begins, ends] = [Date.parse(validFrom), Date.parse(validTo)];
  if (now > ends) warn(`The certificate in ${certFile} expired on ${formatDateTime(ends)}: clients will refuse it.`);
  if (now < begins) warn(`The certificate in ${certFile} is not valid before ${formatDateTime(begins)}.`);
  return { cert, key };
}

async function read(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError(`The ${what} of the gateway cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

function parse<Value>(path: string, what: string, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    throw new CommandError(`${path} holds no ${what} in PEM form: ${reasonOf(error)}`, { cause: error });
  }
}
