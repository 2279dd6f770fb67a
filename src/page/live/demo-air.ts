/** The air of a demonstration, which may be cut to see what happens. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { DemoAirState } from '../../protocol/page-settings.js';

const PATH = '/v1/demo/air';

export interface DemoAir {
  /** Undefined until it is known. */
  readonly isCut: ReadonlySignal<boolean | undefined>;
  /** Asks how it is now. To be called only where there is a demo. */
  look(): Promise<void>;
  setCut(isCut: boolean): Promise<void>;
}

export function createDemoAir(request: (path: string, init?: RequestInit) => Promise<Response>): DemoAir {
  const isCut = signal<boolean | undefined>(undefined);

  async function take(response: Response): Promise<void> {
    if (!response.ok) return;
    const state = (await response.json()) as DemoAirState; // the gateway's word
    isCut.value = state.isCut;
  }

  return {
    isCut,
    look: async () => take(await request(PATH)),
    setCut: async (isCutNow) =>
      take(
        await request(PATH, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ isCut: isCutNow } satisfies DemoAirState),
        }),
      ),
  };
}
