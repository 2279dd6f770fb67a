/** noble over a watched controller, mended where a stranger or a switch could break it. Source of each fault: noble 1.9.2-26, lib/hci-socket. */

import type { HciWatch } from '../hci-watch.js';
import { loadNoble } from '../load-stacks.js';
import type { HciChannel } from '../radio-options.js';
import type { Noble, NobleBindings, NobleHci } from '../stacks.js';
import { ATT_CHANNEL, attFault, isAttRequest, withAgreedMtu } from './att-guard.js';

export interface NobleStackOptions {
  readonly watch: HciWatch;
  readonly channel: HciChannel;
  /** The peripheral broke the rules of its protocols; nothing more of it reaches noble. */
  readonly onViolation: (handle: number, what: string) => void;
  /** Advertising reports, as noble has them. It does not read them itself: it would keep every address it ever heard. */
  readonly onReports: (count: number, data: Buffer) => void;
  readonly log: (line: string) => void;
}

/** Packets that wait for the controller while a peripheral asks this side for something: more, and it does not read the answers. */
const MAX_WAITING_ANSWERS = 256;

/** Throws what the package throws: that it is not installed, or that there is no adapter (ENODEV, EPERM, EAFNOSUPPORT). */
export function startNoble(options: NobleStackOptions): Noble {
  const noble = inChannel(options.channel, () => loadNoble(options.watch.Socket));
  mend(noble, options);
  noble.on('warning', (words: string) => options.log(`noble: ${words}`));
  withoutExitListeners(() => noble.state);
  return noble;
}

/** noble polls its adapter every second for ever; the poll that waits now is the last one, so that a process can end by itself. */
export function stopNoble(noble: Noble): void {
  const { _hci: hci } = noble._bindings;
  noble.removeAllListeners();
  hci.pollIsDevUp = () => {};
  hci.init = () => {};
}

/** Source: hci.js, `_userChannel`: the option of the constructor is not looked at. */
function inChannel<Result>(channel: HciChannel, load: () => Result): Result {
  const before = process.env['HCI_CHANNEL_USER'];
  delete process.env['HCI_CHANNEL_USER'];
  if (channel === 'user') process.env['HCI_CHANNEL_USER'] = '1';
  try {
    return load();
  } finally {
    delete process.env['HCI_CHANNEL_USER'];
    if (before !== undefined) process.env['HCI_CHANNEL_USER'] = before;
  }
}

/** noble's listener for SIGINT ends the process when it is the last one; the one for 'exit' throws when a connection is open. */
function withoutExitListeners(start: () => void): void {
  const names = ['SIGINT', 'exit'] as const;
  const before = names.map((name) => process.listeners(name as 'exit')); // the types know each name alone
  try {
    start();
  } finally {
    for (const [at, name] of names.entries()) {
      const after = process.listeners(name as 'exit'); // the types know no names in a list
      for (const listener of after) {
        if (!before[at]?.includes(listener)) process.removeListener(name, listener);
      }
    }
  }
}

/** Before the stack starts: it binds most of these functions then. */
function mend(noble: Noble, options: NobleStackOptions): void {
  const { _bindings: bindings } = noble;
  const { _hci: hci } = bindings;
  hci.processLeAdvertisingReport = options.onReports;
  keepSending(hci);
  keepCounts(hci);
  guardPackets(hci, options);
  guardAtt(bindings, options);
  keepQuiet(bindings);
}

/** A packet for a connection that has just ended rejects the promise of the flush, which nobody awaits: that packet is out then, the rest goes on. */
function keepSending(hci: NobleHci): void {
  const flush = hci.flushAcl.bind(hci);
  hci.flushAcl = async () => {
    let isFlushed = false;
    while (!isFlushed) {
      isFlushed = await flush().then(
        () => true,
        () => false,
      );
    }
  };
}

/** A connection that failed has handle 0: noble would count afresh for the one that really has it. */
function keepCounts(hci: NobleHci): void {
  const process = hci.processLeConnComplete.bind(hci);
  hci.processLeConnComplete = (status, data) => {
    const handle = data.readUInt16LE(0);
    const counts = hci._aclConnections.get(handle);
    process(status, data);
    if (status === 0) return;
    if (counts === undefined) hci._aclConnections.delete(handle);
    else hci._aclConnections.set(handle, counts);
  };
}

/** What makes noble throw, and fragments beyond the length that was announced. */
function guardPackets(hci: NobleHci, { onViolation, log }: NobleStackOptions): void {
  const read = hci.onSocketData.bind(hci);
  hci.onSocketData = (packet) => {
    const handle = packet[0] === ACL_DATA && packet.length >= 3 ? packet.readUInt16LE(1) & 0xfff : undefined;
    try {
      read(packet);
      if (handle !== undefined && isOverfull(hci, handle))
        throw new Error('fragments beyond the length of their packet');
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      if (handle === undefined) return log(`noble cannot read what its controller says: ${what}`);
      delete hci._handleBuffers[handle];
      onViolation(handle, what);
    }
  };
}

/** First byte of an H4 packet with ACL data. Source: Core Specification, volume 4, part A, section 2. */
const ACL_DATA = 0x02;

function isOverfull(hci: NobleHci, handle: number): boolean {
  const partial = hci._handleBuffers[handle];
  return partial !== undefined && partial.data.length > partial.length;
}

/** ATT only: pairing is not used (ble.md 6.4), and the connection parameters stay ours. */
function guardAtt(bindings: NobleBindings, { onViolation }: NobleStackOptions): void {
  const { _hci: hci } = bindings;
  const read = bindings.onAclDataPkt.bind(bindings);
  bindings.onAclDataPkt = (handle, channel, data) => {
    if (channel !== ATT_CHANNEL) return;
    const fault = attFault(data);
    if (fault !== undefined) onViolation(handle, fault);
    else if (isAttRequest(data) && hci._aclQueue.length >= MAX_WAITING_ANSWERS)
      onViolation(handle, 'too many requests');
    else read(handle, channel, withAgreedMtu(data));
  };
}

/** noble writes to the console when the state changes, and when a connection ends that belongs to another host of the adapter. */
function keepQuiet(bindings: NobleBindings): void {
  bindings.onStateChange = (state) => {
    if (bindings._state === state) return;
    bindings._state = state;
    bindings.emit('stateChange', state);
  };
  const disconnected = bindings.onDisconnComplete.bind(bindings);
  bindings.onDisconnComplete = (handle, reason) => {
    if (bindings._handles[handle] !== undefined) disconnected(handle, reason);
  };
}
