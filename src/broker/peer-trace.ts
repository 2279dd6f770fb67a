/** What the traces of sessions say of their peer: where its chart is, each transition it takes, and why. */
import type { EventObject } from 'xstate';
import { type PeerContext, type PeerEvent, type peerMachine, redialDelayMs } from '../machines/peer.js';
import { describeEnd } from './attempt.js';
import { noteAll, type Peer } from './peer.js';
import { note, type Trace, type TraceDetail, type TraceRow } from './trace.js';
import { watchTransitions } from './watch-transitions.js';

/** Records what the charts of peers do from now on with all their sessions. */
export function watchPeers(machine: typeof peerMachine, find: (deviceId: string) => Peer | undefined): void {
  watchTransitions<PeerContext, EventObject>(machine, 'peer', (row, context, event) => {
    const peer = find(context.deviceId);
    // What changes nothing here is said by whoever sent it.
    if (peer !== undefined && row.edge !== undefined) noteAll(peer, row, detailOf(row, context, event));
  });
}

/** Records what a session finds when it comes to its peer. */
export function notePresence({ actor }: Peer, trace: Trace): void {
  const { value, context } = actor.getSnapshot();
  const { trouble } = context;
  const isTroubled = trouble !== '' && (value === 'dialling' || value === 'waiting');
  note(trace, PRESENCE[value], isTroubled ? { reason: trouble } : undefined);
}

/** Why the link in use is let go, for people. */
export function lossWords(event: EventObject | PeerEvent): string {
  if ('trouble' in event) return event.trouble;
  if (event.type === 'radio.off') return describeEnd('radio-off');
  return describeEnd(event.type === 'link.offered' ? 'duplicate' : 'closed-here');
}

const PRESENCE = {
  idle: present('idle'),
  dialling: present('dialling'),
  waiting: present('waiting'),
  grounded: present('grounded'),
  linked: present('linked'),
  lingering: present('lingering'),
} as const;

function present(to: string): TraceRow {
  return { lane: 'peer', kind: 'state', name: 'present', machine: 'peer', to };
}

function detailOf({ to }: TraceRow, { attempts }: PeerContext, event: EventObject): TraceDetail | undefined {
  const reason = reasonOf(event);
  if (reason === undefined) return undefined;
  return to === 'waiting' ? { reason, redialInMs: redialDelayMs(attempts) } : { reason };
}

function reasonOf(event: EventObject): string | undefined {
  if ('trouble' in event) return String(event.trouble);
  if ('error' in event) return event.error instanceof Error ? event.error.message : String(event.error);
  return undefined;
}
