/** Runs the transport contract under vitest. */
import { describe, it } from 'vitest';
import { transportContract } from '../../src/transport/contract/contract.js';
import type { TransportHarness } from '../../src/transport/contract/stage.js';

/** `whySkip` gives the reason why a check cannot hold on these controllers. */
export function describeTransport(
  name: string,
  createHarness: () => TransportHarness | Promise<TransportHarness>,
  whySkip: (check: { readonly name: string; readonly switchesRadio: boolean }) => string | undefined = () => undefined,
): void {
  describe(`transport contract: ${name}`, () => {
    for (const check of transportContract(createHarness)) {
      it(check.name, async ({ skip }) => {
        const reason = whySkip(check);
        if (reason !== undefined) skip(reason);
        await check.run();
      });
    }
  });
}
