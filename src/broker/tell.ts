/**
 * What an app is told of its sessions. What no listener stands for waits, in the order it happened, for the first one of its kind, and while
 * the app is paused everything does: payload on credit, so that its sender is stopped. In `hand`, and nowhere else, an app takes a message.
 */
import { noteTaken } from '../protocol/delivery.js';
import { type MessageSink, takePieces } from '../protocol/delivery-incoming.js';
import { createUnheard, forgetEntries, scheduleTelling, tellUnheard } from '../protocol/unheard.js';
import { type EventName, isWaiting, raise } from './listeners.js';
import type { Session } from './session.js';
import { note } from './trace.js';
import { UNHEARD } from './trace-rows.js';

/** Tells the app now, or once it can hear it. */
export function tell(session: Session, name: EventName, info: unknown, creditBytes = 0): void {
  if (session.unheard?.next === undefined && canHear(session, name)) return hand(session, name, info, creditBytes);
  const isListenedTo = session.listeners?.[name] !== undefined;
  if (!isListenedTo && !isWaiting(name)) return;
  session.unheard ??= createUnheard();
  const { entries } = session.unheard;
  if (creditBytes > 0 && !isListenedTo && !entries.findLast((told) => told.name === name)) {
    note(session.trace, UNHEARD, { event: name });
  }
  entries.push({ name, info, creditBytes });
}

/** Somebody listens who did not before, or the app is no longer paused. */
export function tellLater(session: Session): void {
  const { unheard, delivery } = session;
  if (unheard !== undefined) scheduleTelling(unheard, () => tellAll(session));
  if (delivery?.assembly === undefined || !canHear(session, 'receiveData')) return;
  takePieces(delivery);
  session.peer?.pump.ready(session);
}

/** For one frame: made anew each time, it costs less than memory that 100,000 sessions keep and that a message finds cold. */
export function createDeliverySink(session: Session): MessageSink {
  const { sessionId } = session;
  return {
    onText: (msg, creditBytes) => tell(session, 'receiveMessage', { sessionId, msg }, creditBytes),
    onData: (data, creditBytes) => tell(session, 'receiveData', { sessionId, data }, creditBytes),
    isTakingData: () => canHear(session, 'receiveData'),
  };
}

/** Payload that waits, as its senders count it. */
export function unheardBytes({ unheard }: Session): number {
  return unheard?.entries.reduce((sum, { creditBytes }) => sum + creditBytes, 0) ?? 0;
}

/** A new attempt begins: how the last connection came and went is told to nobody any more. What it brought is. */
export function forgetLife({ unheard }: Session): void {
  if (unheard !== undefined) forgetEntries(unheard, ({ creditBytes }) => creditBytes === 0);
}

/** The session is destroyed. */
export function forgetUnheard({ unheard }: Session): void {
  if (unheard !== undefined) forgetEntries(unheard, () => true);
}

function canHear({ listeners, app }: Session, name: EventName): boolean {
  return !app.isPaused && listeners?.[name] !== undefined;
}

function tellAll(session: Session): void {
  const { unheard } = session;
  if (unheard === undefined) return;
  tellUnheard(
    unheard,
    ({ name }) => canHear(session, name),
    ({ name, info, creditBytes }) => hand(session, name, info, creditBytes),
  );
  if (unheard.entries.length === 0) session.unheard = undefined;
  session.peer?.pump.ready(session);
}

/** The app takes it: its listeners have run when this returns, and the sender may send as much again. */
function hand(session: Session, name: EventName, info: unknown, creditBytes: number): void {
  raise(session.listeners, name, info);
  if (creditBytes > 0 && session.delivery !== undefined) noteTaken(session.delivery, creditBytes);
}
