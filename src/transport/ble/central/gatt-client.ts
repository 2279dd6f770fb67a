/** What a central does over a connection: it opens a link, or exchanges cards. */
import { DialError, type Link } from '../../transport.js';
import { createBleLink } from '../ble-link.js';
import {
  DEFAULT_MTU,
  IDENTITY_UUID,
  MAX_CARD_BYTES,
  packetBytesFor,
  SERVICE_UUID,
  TO_CENTRAL_UUID,
  TO_PERIPHERAL_UUID,
} from '../gatt.js';
import type { NobleCharacteristic, NoblePeripheral } from '../stacks.js';
import type { Attempt } from './connect-queue.js';
import { callNoble, REQUEST_TIMEOUT_MS } from './noble-call.js';
import { type CentralParts, closeConnection, type OpenConnection } from './noble-connect.js';

/** ATT and L2CAP headers of a packet. Source: Core Specification, volume 3, part F, section 3.4.5.3, and part A, section 3.1. */
const HEADER_BYTES = 3 + 4;

/** Rejects with DialError; the connection is left as it is. */
export async function openLink(parts: CentralParts, open: OpenConnection, attempt: Attempt): Promise<Link> {
  const request = createRequest(parts, attempt);
  const [toPeripheral, toCentral] = await discover(request, open.peripheral, [
    { uuid: TO_PERIPHERAL_UUID, properties: ['writeWithoutResponse'] },
    { uuid: TO_CENTRAL_UUID, properties: ['notify'] },
  ]);
  const { connection } = open;
  const { buffers } = parts.watch;
  const { link, isSending, receive, completed, end } = createBleLink({
    isDialler: true,
    packetBytes: packetBytesFor(open.peripheral.mtu ?? DEFAULT_MTU),
    clock: parts.clock,
    // noble keeps what is too much while another link begins, and counts for all of them.
    share: () => Math.max(1, Math.floor(buffers().packets / parts.connections.sending(connection))),
    buffersFor: (bytes) => Math.ceil((bytes + HEADER_BYTES) / buffers().bytes),
    send: (packet) => toPeripheral.write(packet, true),
    disconnect: () => void closeConnection(parts, connection),
  });
  connection.isSending = isSending;
  // Every packet has bytes of its own: noble hands on what its socket read, see HciHost.
  toCentral.on('data', receive);
  connection.completed$.subscribe(completed);
  connection.ended$.subscribe(end);
  await request<void>('to subscribe', (settle) => toCentral.subscribe((error) => settle(error, undefined)));
  return link;
}

/** Gives what the device shows. Long cards go in parts, which noble and bleno put together. Rejects with DialError; the connection is left as it is. */
export async function exchangeCards(
  parts: CentralParts,
  { peripheral }: OpenConnection,
  attempt: Attempt,
  card: Uint8Array,
): Promise<Uint8Array> {
  const request = createRequest(parts, attempt);
  const [identity] = await discover(request, peripheral, [{ uuid: IDENTITY_UUID, properties: ['read', 'write'] }]);
  // An ATT error, too, makes noble give what it has so far: nothing.
  const theirs = await request<Buffer>('to read its card', (settle) => identity.read(settle));
  if (theirs.length === 0 || theirs.length > MAX_CARD_BYTES) {
    throw new DialError('busy', `its card has ${theirs.length} bytes`);
  }
  const ours = Buffer.from(card);
  await request<void>('to write our card', (settle) =>
    identity.write(ours, false, (error) => settle(error, undefined)),
  );
  return Uint8Array.from(theirs);
}

/** One request of noble after the other: two at a time, and one answer would do for both. Source: ble.md 6.1. */
type Request = <Value>(
  what: string,
  call: (settle: (error: Error | string | null, value: Value) => void) => void,
) => Promise<Value>;

function createRequest({ clock }: CentralParts, { signal }: Attempt): Request {
  return (what, call) => callNoble({ clock, signal, what, timeoutMs: REQUEST_TIMEOUT_MS }, call);
}

interface Wanted {
  readonly uuid: string;
  readonly properties: readonly string[];
}

/** On every connection anew: what noble knows of an earlier one is of no use. In the order of what is wanted. */
async function discover<const Each extends readonly Wanted[]>(
  request: Request,
  peripheral: NoblePeripheral,
  wanted: Each,
): Promise<{ readonly [Index in keyof Each]: NobleCharacteristic }> {
  const uuids = wanted.map(({ uuid }) => uuid);
  const found = await request<readonly NobleCharacteristic[]>('to list its characteristics', (settle) =>
    peripheral.discoverSomeServicesAndCharacteristics([SERVICE_UUID], uuids, (error, _services, characteristics) =>
      settle(error, characteristics ?? []),
    ),
  );
  const matching = wanted.map(({ uuid, properties }) => {
    const match = found.find((characteristic) => characteristic.uuid === uuid);
    const missing = properties.filter((property) => !match?.properties.includes(property));
    if (match !== undefined && missing.length === 0) return match;
    throw new DialError(
      'not-in-range',
      `it is no Tandem device: the characteristic ${uuid} lacks ${missing.join(', ')}`,
    );
  });
  return matching as unknown as { readonly [Index in keyof Each]: NobleCharacteristic }; // one for each
}
