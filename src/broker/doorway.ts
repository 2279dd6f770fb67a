/** Lets other devices in: links they dial are secured first, a bounded number at a time, and only then known by name. */
import type { Observable } from 'rxjs';
import { MAX_HANDSHAKES } from '../protocol/limits.js';
import type { FrameLink } from '../transport/frame-link.js';
import { LinkOpenError } from '../transport/open-frame-link.js';
import type { Link } from '../transport/transport.js';

export interface DoorwayOptions {
  readonly incoming$: Observable<Link>;
  readonly open: (link: Link, signal: AbortSignal) => Promise<FrameLink>;
  readonly onLink: (link: FrameLink) => void;
}

/** Returns what closes the doorway: handshakes under way end, too. */
export function openDoorway({ incoming$, open, onLink }: DoorwayOptions): () => void {
  const controller = new AbortController();
  let underWay = 0;

  async function letIn(link: Link): Promise<void> {
    if (underWay >= MAX_HANDSHAKES) return link.close();
    underWay += 1;
    try {
      const opened = await open(link, controller.signal);
      if (controller.signal.aborted) opened.close();
      else onLink(opened);
    } catch (error) {
      // A stranger's failed handshake is his affair: the link is closed, and nobody here waits for it.
      if (!(error instanceof LinkOpenError)) throw error;
    } finally {
      underWay -= 1;
    }
  }

  const subscription = incoming$.subscribe((link) => void letIn(link));
  return () => {
    subscription.unsubscribe();
    controller.abort(new Error('the broker was closed'));
  };
}
