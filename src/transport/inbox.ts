/** Keeps items until someone reads them, then passes them on as they come. */
import { Observable, Subject } from 'rxjs';

export interface Inbox<Item> {
  /** False: not taken, because the inbox is full or has ended. */
  push(item: Item): boolean;
  /** While held, items are kept even though there is a reader. */
  hold(isHeld: boolean): void;
  /** Completes the stream; items kept for a first reader are still read, items held are not. */
  end(): void;
  /** Hot: the first reader gets what was kept, later ones what comes from then on. */
  readonly items$: Observable<Item>;
}

/** `limit` is the number of items that may be kept. */
export function createInbox<Item>(limit = Number.POSITIVE_INFINITY): Inbox<Item> {
  const inbox: State<Item> = {
    limit,
    subject: new Subject(),
    kept: [],
    hasReader: false,
    isHeld: false,
    isDraining: false,
    isEnded: false,
  };
  return {
    push: (item) => push(inbox, item),
    hold: (isHeld) => {
      inbox.isHeld = isHeld;
      drain(inbox);
    },
    end: () => end(inbox),
    items$: new Observable((reader) => {
      const subscription = inbox.subject.subscribe(reader);
      inbox.hasReader = true;
      drain(inbox);
      return subscription;
    }),
  };
}

interface State<Item> {
  readonly limit: number;
  readonly subject: Subject<Item>;
  kept: Item[];
  hasReader: boolean;
  isHeld: boolean;
  isDraining: boolean;
  isEnded: boolean;
}

function push<Item>(inbox: State<Item>, item: Item): boolean {
  if (inbox.isEnded) return false;
  if (inbox.hasReader && !inbox.isHeld && inbox.kept.length === 0) {
    inbox.subject.next(item);
    return true;
  }
  if (inbox.kept.length >= inbox.limit) return false;
  inbox.kept.push(item);
  return true;
}

function end<Item>(inbox: State<Item>): void {
  inbox.isEnded = true;
  if (inbox.isHeld) inbox.kept = [];
  drain(inbox);
}

/** An item pushed while the reader handles an earlier one joins the kept ones, so that order holds. */
function drain<Item>(inbox: State<Item>): void {
  if (inbox.isDraining) return;
  if (inbox.hasReader) {
    inbox.isDraining = true;
    let next = 0;
    for (; next < inbox.kept.length && !inbox.isHeld; next += 1) {
      inbox.subject.next(inbox.kept[next] as Item); // in bounds
    }
    inbox.kept = inbox.kept.slice(next);
    inbox.isDraining = false;
  }
  if (inbox.isEnded && inbox.kept.length === 0) inbox.subject.complete();
}
