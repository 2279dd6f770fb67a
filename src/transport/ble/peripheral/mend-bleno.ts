/** bleno 0.6.2 with what it does wrong set right from outside. Source: ble.md 3.1 and 6.2, and the package's code. */
import type { Clock } from '../../clock.js';
import type { HciChannel } from '../radio-options.js';
import type { Bleno, BlenoHci } from '../stacks.js';

/** What bleno itself does not ask or tell. */
export interface BlenoMending {
  readonly clock: Clock;
  /** A central has connected. False: bleno never hears of it. */
  readonly onConnect: (handle: number) => boolean;
  /** Before the subscriptions of the connection end. `reason`: an HCI error code. */
  readonly onDisconnect: (handle: number, reason: number) => void;
  /** What the central sent is beyond bleno. */
  readonly onNonsense: (why: string) => void;
}

/** As often as bleno itself asks. */
const POLL_MS = 1_000;
/** ACL packets that may wait for buffers: two of the longest answers in the shortest packets, and some of ours. More is a central that asks without listening. */
const MAX_WAITING_PACKETS = 64;
/** L2CAP channel of the Security Manager. Source: Core Specification, volume 3, part A, section 2.1. */
const SECURITY_CHANNEL = 0x0006;
/** Pairing Failed: Pairing Not Supported. Source: Core Specification, volume 3, part H, section 3.5.5. */
const PAIRING_NOT_SUPPORTED = Buffer.from([0x05, 0x05]);
const LE_CONNECTION_COMPLETE = { handle: 0, role: 2 } as const;
const PERIPHERAL = 1;
/** Source: Core Specification, volume 4, part A, section 2, and part E, section 5.4.2. */
const ACL_PACKET = 0x02;
const HANDLE_MASK = 0x0fff;

/** To be called once, before `initBleno`. */
export function mendBleno(bleno: Bleno, mending: BlenoMending): { stop(): void } {
  const { _bindings: bindings } = bleno;
  const { _hci: hci } = bindings;
  quieten(bleno);
  refusePairing(bleno);
  guardConnections(hci, mending);
  guardData(bleno, mending);
  hci.on('disconnComplete', (handle: number, reason: number) => {
    delete hci._handleBuffers[handle];
    mending.onDisconnect(handle, reason);
  });
  return pollWith(hci, mending.clock);
}

/**
 * Starts it over the adapter. Throws what the socket throws: no adapter, no permission. In user channel mode bleno resets the controller and
 * then reads its buffer size, as it should (noble does not). Its listeners for signals and exits, which would end the process, are taken off again.
 */
export function initBleno(bleno: Bleno, channel: HciChannel, onState: (state: string) => void): void {
  const before = { SIGINT: process.listeners('SIGINT'), exit: process.listeners('exit') };
  const variable = process.env['HCI_CHANNEL_USER'];
  if (channel === 'user') process.env['HCI_CHANNEL_USER'] = '1';
  else delete process.env['HCI_CHANNEL_USER'];
  try {
    bleno.on('stateChange', onState);
  } finally {
    if (variable === undefined) delete process.env['HCI_CHANNEL_USER'];
    else process.env['HCI_CHANNEL_USER'] = variable;
    for (const listener of process.listeners('SIGINT')) {
      if (!before.SIGINT.includes(listener)) process.off('SIGINT', listener);
    }
    for (const listener of process.listeners('exit')) {
      if (!before.exit.includes(listener)) process.off('exit', listener);
    }
  }
  // What it said before it had the listener.
  if (bleno.state !== 'unknown') onState(bleno.state);
}

/** As the original, less what that writes to the console. */
function quieten({ _bindings: bindings }: Bleno): void {
  bindings.onStateChange = (state) => {
    if (bindings._state === state) return;
    bindings._state = state;
    bindings.emit('stateChange', state);
  };
}

/** Nothing relies on pairing, and bleno's would replace every key that the system keeps for its first adapter. */
function refusePairing({ _bindings: bindings }: Bleno): void {
  const original = bindings.onAclDataPkt;
  bindings.onAclDataPkt = (handle, channel, data) => {
    if (channel !== SECURITY_CHANNEL) original.call(bindings, handle, channel, data);
    else bindings._hci.queueAclDataPkt(handle, channel, PAIRING_NOT_SUPPORTED);
  };
}

/** bleno takes any connection for its own: failed ones, those that noble opened on the same adapter, and a second central's. */
function guardConnections(hci: BlenoHci, { onConnect }: BlenoMending): void {
  const original = hci.processLeConnComplete;
  hci.processLeConnComplete = (status, data) => {
    const isCentral = status === 0 && data.readUInt8(LE_CONNECTION_COMPLETE.role) === PERIPHERAL;
    if (isCentral && onConnect(data.readUInt16LE(LE_CONNECTION_COMPLETE.handle))) original.call(hci, status, data);
  };
}

/** bleno throws at packets that are too short, and keeps what it should not. What noble's links bring on the same adapter is not for it. */
function guardData({ _bindings: bindings }: Bleno, { onNonsense }: BlenoMending): void {
  const { _hci: hci } = bindings;
  const original = hci.onSocketData;
  hci.onSocketData = (packet) => {
    if (packet[0] !== ACL_PACKET) return original.call(hci, packet);
    const handle = packet.readUInt16LE(1) & HANDLE_MASK;
    if (handle !== bindings._handle) return;
    try {
      original.call(hci, packet);
    } catch (error) {
      onNonsense(`bleno cannot read what it sent (${error instanceof Error ? error.message : String(error)})`);
    }
    const kept = hci._handleBuffers[handle];
    if (kept !== undefined && kept.data.length > kept.length) {
      delete hci._handleBuffers[handle];
      onNonsense('its fragments make more than the packet they belong to');
    }
    if (hci._aclOutQueue.length > MAX_WAITING_PACKETS) onNonsense('it asks and does not fetch the answers');
  };
}

/** As the original, but by our clock, and with an end. Only in raw mode: the user channel cannot ask. */
function pollWith(hci: BlenoHci, clock: Clock): { stop(): void } {
  let timer: unknown;
  hci.pollIsDevUp = () => {
    const isUp = hci._socket.isDevUp();
    if (isUp !== hci._isDevUp) {
      hci._isDevUp = isUp;
      if (isUp) {
        hci.setSocketFilter();
        hci.initDev();
      } else {
        hci.emit('stateChange', 'poweredOff');
      }
    }
    timer = clock.setTimeout(hci.pollIsDevUp, POLL_MS);
  };
  return { stop: () => clock.clearTimeout(timer) };
}
