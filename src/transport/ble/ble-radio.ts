/** A radio of up to two halves in this process: noble as central, bleno as peripheral, each on its adapter. */
import { combineLatest, distinctUntilChanged, map, type Observable, Subject } from 'rxjs';
import type { RadioState } from '../../protocol/codes.js';
import { unreachable } from '../../protocol/unreachable.js';
import { createH4SocketClass } from '../air/h4-socket.js';
import { type Clock, systemClock } from '../clock.js';
import { DialError } from '../transport.js';
import { type Central, createCentral } from './central/noble-central.js';
import type { StackOptions } from './keep-running.js';
import { loadNativeSocket } from './load-stacks.js';
import { createPeripheral, type Peripheral } from './peripheral/bleno-peripheral.js';
import type { BleRadio } from './radio.js';
import type { AdapterChoice, HciChannel, RadioOptions } from './radio-options.js';
import { withHalfTheBuffers } from './shared-buffers.js';
import type { HciSocketClass } from './stacks.js';

export interface RadioSurroundings {
  /** Lines for whoever runs the program: what the radio lacks, and who was sent away. */
  readonly log: (line: string) => void;
  /** Default: systemClock. */
  readonly clock?: Clock;
  /** Default: the sockets that the options name. */
  readonly socketFor?: (choice: AdapterChoice) => HciSocketClass;
}

/**
 * A half that has no adapter, or loses it, says so by the state and looks for it again by itself: the streams complete with `close` and never
 * fail. The state is the better of both halves, in the order of `preference`. Throws RangeError when the options name no half.
 */
export function createBleRadio(options: RadioOptions, around: RadioSurroundings): BleRadio {
  const { central, peripheral } = createHalves(options, around);
  const states = [central, peripheral].flatMap((half) => (half === undefined ? [] : [half.state$]));
  if (states.length === 0) throw new RangeError('a radio needs a central half, a peripheral half, or both');
  const silence = new Subject<never>();
  return {
    hasCentral: central !== undefined,
    hasPeripheral: peripheral !== undefined,
    state$: betterOf(states),
    heard$: central?.heard$ ?? silence,
    incoming$: peripheral?.incoming$ ?? silence,
    cards$: peripheral?.cards$ ?? silence,
    advertise: (advertisement) => peripheral?.advertise(advertisement),
    connect: (address, dialling) => central?.connect(address, dialling) ?? refuse(),
    visit: (address, card, dialling) => central?.visit(address, card, dialling) ?? refuse(),
    async close() {
      await Promise.all([central?.close(), peripheral?.close()]);
      silence.complete();
    },
  };
}

/** What one half can do counts; failing that, what is likely to change first: another start, a switch, a permission, an answer, a new adapter. */
const preference: readonly RadioState[] = [
  'poweredOn',
  'resetting',
  'poweredOff',
  'unauthorized',
  'unknown',
  'unsupported',
];

function betterOf(states: readonly Observable<RadioState>[]): Observable<RadioState> {
  return combineLatest(states).pipe(
    map((present) => preference.find((state) => present.includes(state)) ?? 'unsupported'),
    distinctUntilChanged(),
  );
}

function refuse(): Promise<never> {
  return Promise.reject(new DialError('not-in-range', 'this radio has no central half'));
}

interface Halves {
  readonly central: Central | undefined;
  readonly peripheral: Peripheral | undefined;
}

function createHalves(options: RadioOptions, around: RadioSurroundings): Halves {
  const { central, peripheral } = options;
  const { log, clock = systemClock, socketFor = openSocketFor } = around;
  const isShared = central !== undefined && peripheral !== undefined && isSame(central, peripheral);
  if (isShared) log(SHARED_WARNING);
  else if (options.channel === 'raw' && isOfMachine(options, around)) log(RAW_WARNING);
  const sharedSocket = isShared ? withHalfTheBuffers(deferred(() => socketFor(central))) : undefined;
  const half = (choice: AdapterChoice): StackOptions => ({
    Socket: sharedSocket ?? deferred(() => socketFor(choice)),
    adapter: choice.type === 'hci' ? choice.adapter : undefined,
    channel: isShared ? 'raw' : channelFor(choice, options),
    clock,
    log,
  });
  return {
    central: central && createCentral(half(central)),
    peripheral: peripheral && createPeripheral(half(peripheral)),
  };
}

/** Controllers behind a socket have no channels; the raw way is the one in which noble and bleno ask whether the adapter is on. */
function channelFor(choice: AdapterChoice, { channel = 'user' }: RadioOptions): HciChannel {
  return choice.type === 'h4' ? 'raw' : channel;
}

/** One class for both halves of a shared adapter: over H4 that is one connection. A socket that is not built is found out when a half starts, and again at each try. */
function deferred(choose: () => HciSocketClass): HciSocketClass {
  let chosen: HciSocketClass | undefined;
  return function createSocket() {
    chosen ??= choose();
    return new chosen();
  } as unknown as HciSocketClass; // called with `new`, a function that returns an object gives that object
}

function openSocketFor(choice: AdapterChoice): HciSocketClass {
  switch (choice.type) {
    case 'hci':
      return loadNativeSocket();
    case 'h4': {
      const { path, name } = choice;
      return createH4SocketClass(name === undefined ? { path } : { path, name });
    }
    default:
      return unreachable(choice);
  }
}

function isSame(one: AdapterChoice, other: AdapterChoice): boolean {
  if (one.type === 'hci') return other.type === 'hci' && (one.adapter ?? 0) === (other.adapter ?? 0);
  return other.type === 'h4' && one.path === other.path && one.name === other.name;
}

/** The other kinds of adapters know no channels. */
function isOfMachine({ central, peripheral }: RadioOptions, { socketFor }: RadioSurroundings): boolean {
  return socketFor === undefined && (central?.type === 'hci' || peripheral?.type === 'hci');
}

const RAW_WARNING =
  "the raw HCI channel blocks while connecting, up to 40 s: channel 'user' is recommended, see docs/radio.md";
/** In the user channel nobody else has the adapter, not even the other half. */
const SHARED_WARNING =
  'one adapter has both roles, over the raw HCI channel: two adapters are better, see docs/radio.md';
