/** Devices that know the handshake and then do as a test likes. */
import { firstValueFrom } from 'rxjs';
import type { Hello } from '../../src/protocol/hello.js';
import { MAX_RECORD_BYTES } from '../../src/protocol/limits.js';
import type { Clock } from '../../src/transport/clock.js';
import { createDeviceKeys } from '../../src/transport/device-keys.js';
import { createRecordLink, type RecordLink } from '../../src/transport/record-link.js';
import { createSealer, type Sealer } from '../../src/transport/sealer.js';
import { createHandshake, type HandshakeTerms } from '../../src/transport/secure.js';
import type { Link } from '../../src/transport/transport.js';
import { accountKey } from './identities.js';

export interface ByHand {
  readonly records: RecordLink;
  readonly sealer: Sealer;
}

export function helloOf(deviceId: string, versions: Hello['versions'] = { min: 1, max: 1 }): Hello {
  return { versions, deviceId, deviceName: `${deviceId} device`, epoch: `epoch of ${deviceId}` };
}

/** What a device needs for a handshake with anyone of its account. */
export function termsOf(deviceId: string, changes: Partial<HandshakeTerms> = {}): HandshakeTerms {
  return { hello: helloOf(deviceId), accountKey, keys: createDeviceKeys(), admit: () => {}, ...changes };
}

export function recordsOver(link: Link, clock: Clock): RecordLink {
  return createRecordLink(link, { clock, maxRecordBytes: MAX_RECORD_BYTES, queueBytes: MAX_RECORD_BYTES });
}

/** A dialler that keeps the rules up to the last message of the handshake. */
export async function shakeByHand(link: Link, clock: Clock): Promise<ByHand> {
  const records = recordsOver(link, clock);
  const handshake = createHandshake(true, termsOf('left'));
  records.write(handshake.start());
  const { reply, established } = handshake.receive(await firstValueFrom(records.records$));
  if (reply === undefined || established === undefined) throw new Error('the second message did not end the handshake');
  records.write(reply);
  return { records, sealer: createSealer(established.sendKey, established.receiveKey) };
}
