import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createInbox, type Inbox } from '../../src/transport/inbox.js';

describe('inbox', () => {
  it('keeps what comes before the first reader, and gives later readers only what comes then', () => {
    const inbox = createInbox<number>();
    inbox.push(1);
    const first = read(inbox);
    inbox.push(2);
    const second = read(inbox);
    inbox.push(3);
    expect([first, second]).toEqual([[1, 2, 3], [3]]);
  });

  it('keeps the order when a reader causes more to come', () => {
    const inbox = createInbox<number>();
    inbox.push(1);
    inbox.push(2);
    const arrived: number[] = [];
    inbox.items$.subscribe((item) => {
      arrived.push(item);
      if (item < 10) inbox.push(item + 10);
    });
    expect(arrived).toEqual([1, 2, 11, 12]);
  });

  it('takes no more than its limit while nobody reads', () => {
    const inbox = createInbox<number>(2);
    expect([1, 2, 3].map((item) => inbox.push(item))).toEqual([true, true, false]);
    expect(read(inbox)).toEqual([1, 2]);
    expect([4, 5, 6].map((item) => inbox.push(item))).toEqual([true, true, true]);
  });

  it('holds items back until it is let go', () => {
    const inbox = createInbox<number>();
    const arrived = read(inbox);
    inbox.hold(true);
    inbox.push(1);
    expect(arrived).toEqual([]);
    inbox.hold(false);
    expect(arrived).toEqual([1]);
  });

  it('gives a late reader what it kept before it completes', async () => {
    const inbox = createInbox<number>();
    inbox.push(1);
    inbox.end();
    expect(inbox.push(2)).toBe(false);
    expect(await lastValueFrom(inbox.items$.pipe(toArray()))).toEqual([1]);
  });

  it('drops what it holds when it ends', async () => {
    const inbox = createInbox<number>();
    inbox.hold(true);
    inbox.push(1);
    inbox.end();
    expect(await lastValueFrom(inbox.items$.pipe(toArray()))).toEqual([]);
  });
});

/** What is read from now on; the list grows. */
function read(inbox: Inbox<number>): number[] {
  const items: number[] = [];
  inbox.items$.subscribe((item) => items.push(item));
  return items;
}
