/** Breadth-first exploration of every state a model can reach: hashed, with the way there as the proof when a law is broken. */

export interface Move<World> {
  /** For the trace. */
  readonly label: string;
  /** True for moves that happen by themselves and soon: a delivery, a notice. They must come to an end in every order. */
  readonly isInternal: boolean;
  readonly to: World;
}

export interface Model<World> {
  readonly initial: World;
  /** Equal for states that behave alike for ever after. */
  key(world: World): string;
  /** Throws Error where a law is broken on the way. */
  moves(world: World): readonly Move<World>[];
  /** Throws Error where a law does not hold; `moves` are those of this state. */
  check(world: World, moves: readonly Move<World>[]): void;
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
}

interface Books {
  readonly numbers: Map<string, number>;
  readonly parents: number[];
  readonly labels: string[];
  readonly internalFrom: number[];
  readonly internalTo: number[];
}

/** Visits every reachable state once. Throws with the trace of the first broken law, and when internal moves can go round in circles. */
export function explore<World>(model: Model<World>, maxStates = 3_000_000): Exploration {
  const books: Books = { numbers: new Map(), parents: [], labels: [], internalFrom: [], internalTo: [] };
  let transitions = 0;
  let frontier: (readonly [number, World])[] = [[enter(books, model.key(model.initial), -1, 'start'), model.initial]];
  while (frontier.length > 0) {
    const next: (readonly [number, World])[] = [];
    for (const [number, world] of frontier) {
      for (const move of lawfulMoves(model, books, number, world)) {
        transitions += 1;
        const key = model.key(move.to);
        const known = books.numbers.get(key);
        const target = known ?? enter(books, key, number, move.label);
        if (known === undefined) next.push([target, move.to]);
        if (move.isInternal) {
          books.internalFrom.push(number);
          books.internalTo.push(target);
        }
      }
    }
    if (books.numbers.size > maxStates) throw new Error(`more than ${maxStates} states: tighten the bounds`);
    frontier = next;
  }
  assertInternalMovesEnd(books);
  return { states: books.numbers.size, transitions };
}

function enter(books: Books, key: string, parent: number, label: string): number {
  const number = books.numbers.size;
  books.numbers.set(key, number);
  books.parents.push(parent);
  books.labels.push(label);
  return number;
}

function lawfulMoves<World>(model: Model<World>, books: Books, number: number, world: World): readonly Move<World>[] {
  try {
    const moves = model.moves(world);
    model.check(world, moves);
    return moves;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(`${words}\nafter: ${trace(books, number)}\nin: ${JSON.stringify(world, undefined, 1)}`, {
      cause: error,
    });
  }
}

function trace(books: Books, number: number): string {
  const labels: string[] = [];
  for (let at = number; at > 0; at = books.parents[at] ?? 0) labels.push(books.labels[at] ?? '');
  return labels.reverse().join(', ');
}

/** Kahn's algorithm: a graph all of whose nodes can be taken away in order has no circle. */
function assertInternalMovesEnd(books: Books): void {
  const size = books.numbers.size;
  const arrivals = new Int32Array(size);
  const firstEdge = new Int32Array(size + 1);
  for (const from of books.internalFrom) firstEdge[from + 1] = (firstEdge[from + 1] ?? 0) + 1;
  for (let at = 0; at < size; at += 1) firstEdge[at + 1] = (firstEdge[at + 1] ?? 0) + (firstEdge[at] ?? 0);
  for (const to of books.internalTo) arrivals[to] = (arrivals[to] ?? 0) + 1;

  // The frontier hands out states in the order of their numbers, so the edges are sorted by origin.
  const ready: number[] = [];
  for (let at = 0; at < size; at += 1) if (arrivals[at] === 0) ready.push(at);
  let taken = 0;
  for (let from = ready.pop(); from !== undefined; from = ready.pop()) {
    taken += 1;
    for (let edge = firstEdge[from] ?? 0; edge < (firstEdge[from + 1] ?? 0); edge += 1) {
      const to = books.internalTo[edge] ?? 0;
      const left = (arrivals[to] ?? 0) - 1;
      arrivals[to] = left;
      if (left === 0) ready.push(to);
    }
  }
  if (taken < size) {
    const stuck = arrivals.findIndex((count) => count > 0);
    throw new Error(`internal moves can go round in circles\nafter: ${trace(books, stuck)}`);
  }
}
