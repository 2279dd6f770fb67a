/** A state as a shape, so that it can be told without colour: by everyone, and in print. */
import type { SessionState } from '../../protocol/codes.js';

/** Drawn on 16 by 16. What is under way is open and dashed, what lasts is full, what ended is square, what failed is crossed. */
const SHAPES: Record<SessionState, string> = {
  created: 'M8 3a5 5 0 1 0 .01 0Z',
  connecting: 'M8 3a5 5 0 0 1 5 5M8 13a5 5 0 0 1-5-5M8 6.5a1.5 1.5 0 1 0 .01 0Z',
  accepting: 'M8 3a5 5 0 0 0-5 5M8 13a5 5 0 0 0 5-5M8 6.5a1.5 1.5 0 1 0 .01 0Z',
  connected: 'M8 3a5 5 0 1 0 .01 0Z',
  suspended: 'M5.5 3.5v9M10.5 3.5v9',
  disconnected: 'M4 4h8v8H4Z',
  rejected: 'M8 2.5a5.5 5.5 0 1 0 .01 0ZM4.3 4.3l7.4 7.4',
  failed: 'M4 4l8 8M12 4l-8 8',
  destroyed: 'M3.5 8h9',
};

export function StateGlyph({ state }: { readonly state: SessionState }) {
  return (
    <svg class={`glyph is-${state}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[state]} />
    </svg>
  );
}
