/** Where the reader of an event stream is: `<epoch>:<offset>`, with an app's events one for the app and one for the sessions. */

/** What an event of a stream says of itself; everything else in it is handed on unread. */
export interface Marker {
  readonly subscription?: unknown;
  readonly epoch?: unknown;
  readonly offset?: unknown;
  readonly [field: string]: unknown;
}

export interface Positions {
  /** The `id` of an event; '' while there is none. Lists of devices come whole, so nobody needs a position in them. */
  move(name: string, marker: Marker): string;
}

export function createPositions(appEpoch: string | undefined): Positions {
  let app = '';
  let sessions = '';
  return {
    move(name, { subscription, epoch, offset }) {
      if (name === 'event' || name === 'collaborate') app = `${appEpoch}:${offset}`;
      else if (subscription === 'app') app = `${epoch}:${offset}`;
      else if (subscription === 'sessions') sessions = `${epoch}:${offset}`;
      return [app, sessions].filter((position) => position !== '').join(',');
    },
  };
}

/** As a client gave them. What is none is left out, and so is what is more than any id has: the client then gets all there is. */
export function readPositions(text: string): { readonly epoch: string; readonly offset: number }[] {
  return text
    .slice(0, MAX_CHARACTERS)
    .split(',')
    .map((part) => /^([\w-]+):(\d{1,15})$/.exec(part))
    .filter((match) => match !== null)
    .map(([, epoch = '', offset]) => ({ epoch, offset: Number(offset) }));
}

/** Two epochs of at most 22 characters, and their offsets. */
const MAX_CHARACTERS = 128;
