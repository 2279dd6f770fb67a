/** Keeps what arrives until a test asks for it, so that no event is missed and none is waited for by the clock. */

export interface Mailbox<Letter> {
  post(letter: Letter): void;
  /** The next letter not yet taken; waits for it. */
  next(): Promise<Letter>;
  /** Everything that ever arrived. */
  readonly all: readonly Letter[];
}

export function createMailbox<Letter>(): Mailbox<Letter> {
  const all: Letter[] = [];
  const readers: ((letter: Letter) => void)[] = [];
  let taken = 0;

  return {
    all,
    post(letter) {
      all.push(letter);
      const reader = readers.shift();
      if (reader === undefined) return;
      taken += 1;
      reader(letter);
    },
    next() {
      const letter = all[taken];
      if (letter === undefined) return new Promise((resolve) => readers.push(resolve));
      taken += 1;
      return Promise.resolve(letter);
    },
  };
}
