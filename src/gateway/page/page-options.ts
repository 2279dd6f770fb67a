/** What the live page may do, as whoever runs a gateway says. */
import type { DemoSettings } from '../../protocol/page-settings.js';

export interface PageOptions {
  /** Where `npm run build` has put the page; the gateway has no page when nothing is there. */
  readonly directory: string;
  /** Lets whoever holds a code in without a token. */
  readonly loginCodes?: LoginCodes;
  /** What only a demonstration has. */
  readonly demo?: DemoControl;
}

export interface LoginCodes {
  /** A token for a code that is valid now, and never again; undefined for every other text. */
  redeem(code: string): Promise<string | undefined>;
}

export interface DemoControl {
  readonly settings: DemoSettings;
  readonly isAirCut: boolean;
  /** Nothing is heard any more, or everything again. */
  setAirCut(isCut: boolean): void;
}
