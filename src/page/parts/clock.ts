/** The time of day for everything that shows an age; it stands still while nobody looks. */
import { type ReadonlySignal, signal } from '@preact/signals';

const AGE_STEP_MS = 1_000;
/** A running timer is shown in tenths of a second. */
const COUNTDOWN_STEP_MS = 100;

/** Milliseconds since 1970, every second. */
export const seconds: ReadonlySignal<number> = tick(AGE_STEP_MS);
/** The same ten times a second, for what counts down. */
export const tenths: ReadonlySignal<number> = tick(COUNTDOWN_STEP_MS);

/** Runs only while something shows it, on a page that can be seen. */
function tick(stepMs: number): ReadonlySignal<number> {
  let timer: number | undefined;
  const now = signal(Date.now(), {
    watched() {
      timer = window.setInterval(() => {
        if (document.visibilityState === 'visible') now.value = Date.now();
      }, stepMs);
    },
    unwatched: () => window.clearInterval(timer),
  });
  return now;
}
