/** Who speaks for which app: one connection at a time, and nobody else for a while after it was lost. */
import type { AppRegistration, Broker } from '../broker/interface.js';
import type { Principal } from '../broker/tokens.js';
import { OnCollaborateResult } from '../protocol/codes.js';
import type { AppName } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import { type AppSessions, createAppSessions } from './app-sessions.js';
import type { NamedDevices } from './device-names.js';
import type { GatewayLimits } from './gateway-limits.js';
import type { Outbox } from './outbox.js';
import { createRememberedCalls, type RememberedCalls } from './remembered-calls.js';
import { createSeat, type Seat } from './seat.js';
import type { Timers } from './timers.js';

export interface SeatRequest {
  readonly principal: Principal;
  readonly app: AppName;
  readonly hasOnCollaborate: boolean;
  /** Where the client was when it lost its connection, if it knows. */
  readonly resume: { readonly epoch: string; readonly offset: number } | undefined;
  /** Undefined: the app is leased. Nobody reads its events yet, and no other may take it until it has ended. */
  readonly outbox: Outbox | undefined;
}

/** A seat with its app. */
export interface TakenSeat {
  readonly app: AppName;
  readonly seat: Seat;
  readonly sessions: AppSessions;
  /** Of the app, not of a connection: a client that comes back repeats what was not answered. */
  readonly remembered: RememberedCalls;
  /** The connection is lost: its app has the grace period to come back. Does nothing if another has the seat by now. */
  leave(outbox: Outbox): void;
  /** Ends the app, unless another has the seat by now: its peers see PEER_APP_EXIT. */
  end(outbox: Outbox | undefined): void;
}

export interface SeatOutcome {
  readonly taken: TakenSeat;
  /** The app was still there, with its sessions and listeners. */
  readonly isResumed: boolean;
  /** Every event after the given position follows. */
  readonly isRecovered: boolean;
}

export interface Seats {
  /** Throws BrokerError `appInUse` while another connection has the app, and what the broker throws on bad names. */
  take(request: SeatRequest): SeatOutcome;
  /** Ends the apps that were registered with this token and that nobody speaks for now. */
  endAbandonedBy(tokenId: string): void;
  close(): void;
  /** Bytes of events that clients do not have yet. */
  keptBytes(): number;
  /** Apps, those included that nobody speaks for now. */
  readonly size: number;
}

export interface SeatsOptions {
  readonly broker: Pick<Broker, 'registerApp'> & NamedDevices;
  readonly limits: Pick<GatewayLimits, 'appGraceMs' | 'eventWindowBytes' | 'sessionsPerApp'>;
  readonly timers: Timers;
}

interface KeptSeat extends TakenSeat {
  principal: Principal;
  readonly hasOnCollaborate: boolean;
  isLeased: boolean;
  endGrace(): void;
}

export function createSeats({ broker, limits, timers }: SeatsOptions): Seats {
  const seats = new Map<string, KeptSeat>();

  function open({ app: name, principal, hasOnCollaborate }: SeatRequest, key: string): KeptSeat {
    const seat = createSeat(limits.eventWindowBytes);
    const app = broker.registerApp(registrationOf(name, principal, hasOnCollaborate ? seat : undefined));
    seat.setApp(app);
    let graceTimer: unknown;

    const kept: KeptSeat = {
      app: name,
      seat,
      sessions: createAppSessions(app, seat, broker, limits.sessionsPerApp),
      remembered: createRememberedCalls(timers),
      principal,
      hasOnCollaborate,
      isLeased: false,
      leave(outbox) {
        if (seat.outbox !== outbox) return;
        seat.detach();
        graceTimer = timers.setTimeout(() => kept.end(undefined), limits.appGraceMs);
      },
      endGrace: () => timers.clearTimeout(graceTimer),
      end(outbox) {
        if (seat.outbox !== outbox) return;
        kept.endGrace();
        seats.delete(key);
        seat.detach();
        app.close();
      },
    };
    seats.set(key, kept);
    return kept;
  }

  return {
    get size() {
      return seats.size;
    },
    keptBytes: () => [...seats.values()].reduce((sum, { seat }) => sum + seat.keptBytes, 0),
    take(request) {
      const key = JSON.stringify(request.app);
      const present = seats.get(key);
      if (present !== undefined) makeWay(present, request);
      const isResumed = present !== undefined && seats.has(key);
      const taken = isResumed ? present : open(request, key);
      const isRecovered = isResumed && knowsAllAfter(taken.seat, request.resume);
      taken.endGrace();
      taken.principal = request.principal;
      taken.isLeased = request.outbox === undefined;
      if (request.outbox !== undefined)
        taken.seat.attach(request.outbox, isRecovered ? request.resume?.offset : undefined);
      return { taken, isResumed, isRecovered };
    },
    endAbandonedBy(tokenId) {
      for (const kept of [...seats.values()]) if (kept.principal.tokenId === tokenId) kept.end(undefined);
    },
    close() {
      for (const kept of [...seats.values()]) kept.end(kept.seat.outbox);
    },
  };
}

/** Lets `request` have the seat, or throws. A connection that died unnoticed gives way to whoever knows the seat's epoch. */
function makeWay(present: KeptSeat, request: SeatRequest): void {
  const { seat } = present;
  if (present.isLeased) throw new BrokerError('appInUse', 'It is driven over HTTP.');
  if (seat.outbox !== undefined) {
    if (request.resume?.epoch !== seat.epoch) throw new BrokerError('appInUse');
    const replaced = seat.outbox;
    seat.detach();
    replaced.close('replaced');
  }
  if (!isSameApp(present, request)) present.end(undefined);
}

/** An app that comes back with other rights, or no longer takes requests, is another app: nobody inherits rights. */
function isSameApp(present: KeptSeat, { principal, hasOnCollaborate }: SeatRequest): boolean {
  return present.hasOnCollaborate === hasOnCollaborate && rightsOf(present.principal) === rightsOf(principal);
}

function rightsOf({ permissions, isSystemApp }: Principal): string {
  return JSON.stringify([isSystemApp, [...permissions].sort()]);
}

/** Whether every event after this position is kept. */
export function knowsAllAfter(seat: Seat, resume: SeatRequest['resume']): boolean {
  if (resume === undefined || resume.epoch !== seat.epoch) return false;
  return resume.offset >= seat.confirmedOffset && resume.offset <= seat.reachedOffset;
}

/** The client's answer to `collaborate` is a call of acceptConnect or reject, so the request is always taken on here. */
function registrationOf(name: AppName, principal: Principal, seat: Seat | undefined): AppRegistration {
  const { permissions, isSystemApp } = principal;
  const registration = { ...name, permissions, isSystemApp };
  if (seat === undefined) return registration;
  return {
    ...registration,
    onCollaborate(want) {
      seat.collaborate(want);
      return OnCollaborateResult.ACCEPT;
    },
  };
}
