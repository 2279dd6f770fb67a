/** What was not told yet because nobody listens for it: kept in the order in which it happened. Of a broker's sessions and of a client's. */

export interface Unheard<Entry> {
  entries: Entry[];
  /** The entry that is looked at next, while entries are told or about to be; else undefined. */
  next: number | undefined;
}

export function createUnheard<Entry>(): Unheard<Entry> {
  return { entries: [], next: undefined };
}

/** Calls `tellAll` once the present code has run, so that listeners which come together hear what waits in its order. */
export function scheduleTelling(unheard: Unheard<unknown>, tellAll: () => void): void {
  if (unheard.next === undefined) queueMicrotask(tellAll);
  // Also in the middle of telling: somebody may listen now for what was passed over.
  unheard.next = 0;
}

/** Takes out and tells, oldest first, every entry that can be told; the others keep their places. Telling may do anything to `unheard`. */
export function tellUnheard<Entry>(
  unheard: Unheard<Entry>,
  canTell: (entry: Entry) => boolean,
  tell: (entry: Entry) => void,
): void {
  for (;;) {
    const at = unheard.next ?? 0;
    const entry = unheard.entries[at];
    if (entry === undefined) break;
    if (canTell(entry)) {
      unheard.entries.splice(at, 1);
      tell(entry);
    } else {
      unheard.next = at + 1;
    }
  }
  unheard.next = undefined;
}

/** Forgets what need not be told any more. */
export function forgetEntries<Entry>(unheard: Unheard<Entry>, isOver: (entry: Entry) => boolean): void {
  unheard.entries = unheard.entries.filter((entry) => !isOver(entry));
  if (unheard.next !== undefined) unheard.next = 0;
}
