import { Window } from 'happy-dom';
import { describe, expect, it, vi } from 'vitest';
import { statesOf } from '../../src/charts/documents.js';
import { MACHINE_NAMES } from '../../src/protocol/codes.js';
import { textOf } from './text-of.js';

// Mermaid cleans labels by a library that wants a browser's document; parsing draws nothing.
const window = new Window();
vi.stubGlobal('window', window);
vi.stubGlobal('document', window.document);
const { default: mermaid } = await import('mermaid');

describe.each(MACHINE_NAMES)('the Mermaid text of the %s', (machine) => {
  it('is a state diagram to Mermaid itself', async () => {
    await expect(mermaid.parse(await textOf(machine, 'mmd'))).resolves.toMatchObject({ diagramType: 'stateDiagram' });
  });

  it('is one with any state active', async () => {
    for (const state of statesOf(machine)) {
      await expect(mermaid.parse(await textOf(machine, 'mmd', state))).resolves.toBeTruthy();
    }
  });
});

describe('Mermaid', () => {
  it('refuses what is none', async () => {
    await expect(mermaid.parse('stateDiagram-v2\n    created --> : connect\n    }')).rejects.toThrow();
  });
});
