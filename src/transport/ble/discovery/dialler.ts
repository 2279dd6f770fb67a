/** Dials: at once where the device was just heard, when it is heard again, or by asking the other side to do it. */
import { EMPTY, filter, firstValueFrom, fromEvent, merge, mergeMap, type Observable, of, throwError } from 'rxjs';
import type { RadioState } from '../../../protocol/codes.js';
import { unreachable } from '../../../protocol/unreachable.js';
import type { Clock } from '../../clock.js';
import { DialError, type DialFailure, type Link, type Transport } from '../../transport.js';
import type { BleRadio } from '../radio.js';
import type { Discovery, Found } from './discovery.js';
import type { Wants } from './wants.js';

export interface DiallerOptions {
  readonly radio: Pick<BleRadio, 'hasCentral' | 'hasPeripheral' | 'state$' | 'connect'>;
  readonly discovery: Pick<Discovery, 'find' | 'heard$' | 'sightings$' | 'beginDial' | 'noteLink'>;
  readonly wants: Pick<Wants, 'add'>;
  readonly clock: Clock;
  /** Emits once, also to late subscribers. */
  readonly closed$: Observable<void>;
}

/** Who was heard this short a time ago, in milliseconds, is still there: connecting needs only the next advertisement. */
const FRESH_MS = 500;

export function createDialler(options: DiallerOptions): Transport['dial'] {
  const { radio, discovery, closed$ } = options;

  async function dial(deviceId: string, { signal }: { readonly signal: AbortSignal }): Promise<Link> {
    const over$ = endOf(signal, closed$);
    const endDial = discovery.beginDial(deviceId);
    try {
      await firstValueFrom(merge(over$, readyOf(radio.state$)));
      const found = radio.hasCentral ? discovery.find(deviceId) : undefined;
      if (found?.isRadioOff) throw new DialError('peer-radio-off', `${deviceId} said that its radio is off`);
      const address =
        found?.address === undefined
          ? await beDialled(options, deviceId, over$)
          : await untilHeard(options, { ...found, address: found.address }, deviceId, over$);
      const link = await radio.connect(address, { signal });
      discovery.noteLink(deviceId, address, link);
      return link;
    } finally {
      endDial();
    }
  }

  return dial;
}

/** Fails when nobody waits any more. */
function endOf(signal: AbortSignal, closed$: Observable<void>): Observable<never> {
  const aborted$: Observable<unknown> = signal.aborted ? of(undefined) : fromEvent(signal, 'abort');
  const failWith = (failure: DialFailure) => throwError(() => new DialError(failure, `the dial ended: ${failure}`));
  return merge(closed$.pipe(mergeMap(() => failWith('closed'))), aborted$.pipe(mergeMap(() => failWith('aborted'))));
}

/** Emits when the radio is on; fails while it is off. One that is starting comes back by itself. */
function readyOf(state$: Observable<RadioState>): Observable<void> {
  return state$.pipe(
    mergeMap((state) => {
      switch (state) {
        case 'poweredOn':
          return of(undefined);
        case 'poweredOff':
        case 'unsupported':
        case 'unauthorized':
          return throwError(() => new DialError('radio-off', `the radio here is ${state}`));
        case 'unknown':
        case 'resetting':
          return EMPTY;
        default:
          return unreachable(state);
      }
    }),
  );
}

function offOf(state$: Observable<RadioState>): Observable<never> {
  return readyOf(state$).pipe(mergeMap(() => EMPTY));
}

/** A connection to who is silent would keep all others waiting: only who is heard is connected to. */
function untilHeard(
  { radio, discovery, clock }: DiallerOptions,
  found: Found & { readonly address: string },
  deviceId: string,
  over$: Observable<never>,
): Promise<string> | string {
  if (clock.now() - found.heardMs <= FRESH_MS) return found.address;
  const gone$ = discovery.sightings$.pipe(
    filter((sightings) => !sightings.some((sighting) => sighting.deviceId === deviceId)),
    mergeMap(() => throwError(() => new DialError('not-in-range', fellSilent(deviceId)))),
  );
  return firstValueFrom(merge(over$, offOf(radio.state$), gone$, discovery.heard$(deviceId)));
}

/** Lets a central know that it is to dial, until nobody waits any more, or the device is heard after all: it may be asking, too. */
async function beDialled(
  { radio, discovery, wants }: DiallerOptions,
  deviceId: string,
  over$: Observable<never>,
): Promise<string> {
  if (!radio.hasPeripheral) throw notInRange(deviceId);
  const takeBack = wants.add(deviceId);
  try {
    return await firstValueFrom(merge(over$, offOf(radio.state$), discovery.heard$(deviceId)));
  } finally {
    takeBack();
  }
}

/** Nothing tells which: a peripheral does not advertise while it serves a central. */
function fellSilent(deviceId: string): string {
  return `${deviceId} fell silent: it is out of range, or connected with another device`;
}

function notInRange(deviceId: string): DialError {
  return new DialError('not-in-range', `${deviceId} is not in range`);
}
