/** The static keys a device proves itself with, and the keys it remembers of others. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { MAX_PINNED_DEVICES } from '../protocol/limits.js';

/** Source: RFC 7748, section 5. */
const KEY_BYTES = 32;

/** An X25519 key pair, 32 bytes each. Kept across starts: a device with new keys is a stranger to those that know it. */
export interface DeviceKeys {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/**
 * Encoded by the job that makes the pair, never exported from a KeyObject: Node 20's export holds the key's lock, and the process stops for ever
 * if the collector frees the job in that moment, because that takes the same lock. In both encodings the key is the end. Source: RFC 8410, 4 and 7.
 */
export function createDeviceKeys(): DeviceKeys {
  const { publicKey, privateKey } = generateKeyPairSync('x25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  return { publicKey: publicKey.subarray(-KEY_BYTES), secretKey: privateKey.subarray(-KEY_BYTES) };
}

/** How people compare a public key: 16 hexadecimal digits of its SHA-256, in groups of four. */
export function fingerprint(publicKey: Uint8Array): string {
  const digits = createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
  return digits.replace(/(.{4})(?=.)/g, '$1 ');
}

/** Public keys by device id. */
export interface PinnedKeys {
  /** Pins the key of a device seen for the first time; from then on no other key is taken for it. */
  check(deviceId: string, publicKey: Uint8Array): 'new' | 'same' | 'changed';
}

/**
 * `initial` are the pins of earlier runs (device id, public key in hexadecimal); `onPin` hears of each new one, to keep it.
 * Beyond MAX_PINNED_DEVICES the device not met for longest is forgotten; only holders of the account key get this far.
 */
export function createPinnedKeys(
  initial: Iterable<readonly [deviceId: string, publicKeyHex: string]> = [],
  onPin: (deviceId: string, publicKeyHex: string) => void = () => {},
): PinnedKeys {
  const pins = new Map<string, string>(initial);
  forgetBeyondLimit(pins);

  function check(deviceId: string, publicKey: Uint8Array): 'new' | 'same' | 'changed' {
    const key = Buffer.from(publicKey).toString('hex');
    const pinned = pins.get(deviceId);
    if (pinned !== undefined && pinned !== key) return 'changed';
    pins.delete(deviceId); // the map's order is the order of the last meetings
    pins.set(deviceId, key);
    if (pinned !== undefined) return 'same';
    forgetBeyondLimit(pins);
    onPin(deviceId, key);
    return 'new';
  }

  return { check };
}

function forgetBeyondLimit(pins: Map<string, string>): void {
  for (const deviceId of pins.keys()) {
    if (pins.size <= MAX_PINNED_DEVICES) return;
    pins.delete(deviceId);
  }
}
