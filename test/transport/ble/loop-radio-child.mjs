/** A radio process without a radio: its links lead back to itself, so that a test sees only what the border between the processes does. */
import { connect } from 'node:net';
import { BehaviorSubject, ReplaySubject, Subject } from 'rxjs';

const dist = new URL('../../../dist/transport/', import.meta.url);
const { runRadioChild } = await import(new URL('ble/process/run-radio-child.js', dist).href);
const { DialError } = await import(new URL('transport.js', dist).href);

/** Packets that a link takes in one turn. */
const PACKETS_PER_TURN = 5;

/**
 * @typedef {import('../../../src/transport/ble/radio-options.js').RadioOptions} RadioOptions
 * @typedef {import('../../../src/transport/ble/radio.js').BleRadio} BleRadio
 * @typedef {import('../../../src/transport/transport.js').Link} Link
 * @typedef {import('../../../src/transport/transport.js').LinkEnd} LinkEnd
 */

runRadioChild(createLoopRadio);

/**
 * @param {RadioOptions} options
 * @param {{ log: (line: string) => void }} around
 * @returns {BleRadio}
 */
function createLoopRadio({ central, peripheral }, { log }) {
  const why = central?.type === 'h4' ? central.path : '';
  if (why.startsWith('E')) throw Object.assign(new Error(`no socket: ${why}`), { code: why });
  // Whoever listens there sees when this process ends.
  if (peripheral?.type === 'h4') connect(peripheral.path);
  process.on('SIGINT', exitAsLast);
  const state = new BehaviorSubject(/** @type {'poweredOn' | 'poweredOff'} */ ('poweredOn'));
  const heard = new Subject();
  const incoming = new Subject();
  const cards = new Subject();
  /** @type {Set<ReturnType<typeof createLoop>>} */
  const loops = new Set();
  return {
    hasCentral: true,
    hasPeripheral: true,
    state$: state,
    heard$: heard,
    incoming$: incoming,
    cards$: cards,
    advertise({ hint, card }) {
      heard.next({ address: 'self', rssi: -50, hint });
      cards.next(card);
    },
    async connect(address, { signal }) {
      if (address === 'nobody') throw new DialError('not-in-range', 'nobody is there');
      if (address === 'never') await aborted(signal, log);
      if (address === 'late') return lateLink(signal, log);
      if (address === 'crash') setImmediate(() => crash());
      if (address === 'off') state.next('poweredOff');
      if (address === 'exit') process.exit(3);
      const loop = createLoop(address, true);
      loops.add(loop);
      if (address === 'caller') incoming.next(createLoop('echo', false).link);
      return loop.link;
    },
    async visit(address, card) {
      if (address === 'pid') return Buffer.from(String(process.pid));
      if (address === 'environment') return Buffer.from(Object.keys(process.env).join(' '));
      return card.toReversed();
    },
    async close() {
      for (const { link } of loops) link.close();
    },
  };
}

/** As noble and bleno do, when they are ready. */
function exitAsLast() {
  if (process.listeners('SIGINT').at(-1) === exitAsLast) process.exit(1);
}

function crash() {
  throw new Error('something in a package broke\nbadly');
}

/**
 * @param {AbortSignal} signal
 * @param {(line: string) => void} log
 * @returns {Promise<never>}
 */
function aborted(signal, log) {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      log('given up here, too');
      reject(new DialError('aborted', 'given up'));
    });
  });
}

/**
 * There just when nobody waits for it any more.
 * @param {AbortSignal} signal
 * @param {(line: string) => void} log
 * @returns {Promise<Link>}
 */
function lateLink(signal, log) {
  const { link } = createLoop('echo', true);
  link.ended$.subscribe((end) => log(`the late link was ${end}`));
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(link)));
}

/**
 * @param {string} kind
 * @param {boolean} isDialler
 * @returns {{ readonly link: Link }}
 */
function createLoop(kind, isDialler) {
  /** @type {Subject<Uint8Array>} */
  const packets = new ReplaySubject();
  /** @type {ReplaySubject<LinkEnd>} */
  const ended = new ReplaySubject(1);
  const writable = new Subject();
  let taken = 0;

  /** @param {LinkEnd} end */
  function finish(end) {
    packets.complete();
    writable.complete();
    ended.next(end);
    ended.complete();
  }

  /** @param {Uint8Array} packet */
  function write(packet) {
    if (kind === 'sink' || taken === PACKETS_PER_TURN) return false;
    if (taken === 0) setImmediate(renew);
    taken += 1;
    setImmediate(() => packets.next(Buffer.from(packet)));
    if (kind === 'flood') flood(new DataView(packet.buffer, packet.byteOffset).getUint32(0));
    return true;
  }

  function renew() {
    const wasFull = taken === PACKETS_PER_TURN;
    taken = 0;
    if (wasFull) writable.next(undefined);
  }

  /** @param {number} count */
  function flood(count) {
    for (let number = 0; number < count; number += 1) packets.next(Buffer.from([number >> 8, number & 0xff]));
    if (kind === 'flood') finish('closed-there');
  }

  return {
    link: {
      isDialler,
      packetBytes: 244,
      packets$: packets.asObservable(),
      write,
      writable$: writable.asObservable(),
      ended$: ended.asObservable(),
      close: (end = 'closed-here') => finish(end),
    },
  };
}
