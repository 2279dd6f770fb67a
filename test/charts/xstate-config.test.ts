import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { and, createMachine, transition } from 'xstate';
import { statesOf } from '../../src/charts/documents.js';
import { run } from '../../src/main/run.js';
import { MACHINE_NAMES } from '../../src/protocol/codes.js';
import { createRecordedIo } from '../main/recorded-io.js';
import { textOf } from './text-of.js';
import { doneBy, SUBJECTS, walksOf } from './walks.js';

/** A guard of any machine, as XState calls it. */
type Guard = (args: { readonly event: { readonly error?: unknown } }, params: unknown) => boolean;

describe.each(SUBJECTS)('the configuration of the $title', ({ machine, name, ...subject }) => {
  it('is taken by createMachine, and does what the machine does', async () => {
    const { guards } = machine.implementations;
    const isFinal = guards['isFinal'] as Guard | undefined; // called as the machine calls it
    // Of whatever machine: XState's types want to know of which.
    const implementations: object = {
      ...machine.implementations,
      actions: {},
      guards: {
        ...guards,
        // What is left out: a parameter that is computed, and guards that join others.
        ...(isFinal && { isFinal: (args: Parameters<Guard>[0]) => isFinal(args, { error: args.event.error }) }),
        'isLink and hasReserve': and(['isLink', 'hasReserve']),
        'isLink and hasLasted': and(['isLink', 'hasLasted']),
      },
    };
    const other = createMachine(JSON.parse(await textOf(name, 'xstate.json')), implementations);
    for (const { events, from, step } of walksOf({ machine, name, ...subject })) {
      const event = events.at(-1);
      if (event === undefined) continue;
      const [next, actions] = transition(other, other.resolveState(from), event);
      expect({ event, value: next.value, done: doneBy(actions) }).toEqual({
        event,
        value: step.value,
        done: step.done,
      });
    }
  });
});

describe('a configuration', () => {
  it.each(MACHINE_NAMES)('begins in the active state: the %s', async (name) => {
    const last = statesOf(name).at(-1) ?? '';
    expect(JSON.parse(await textOf(name, 'xstate.json', last)).initial).toBe(last);
  });
});

describe('docs/charts.md', () => {
  const page = readFileSync('docs/charts.md', 'utf8');

  it('has a program that runs a configuration, and prints what it says', async () => {
    const [, program = ''] = /^```js\n(.*?)^```$/ms.exec(page) ?? [];
    // Within the tree, so that it finds the package; not kept.
    const folder = resolve('test-results/charts');
    mkdirSync(folder, { recursive: true });
    const [, line = ''] = /^npx tandem (chart .* --format xstate.json .*)$/m.exec(page) ?? [];
    const words = line.replace('session.json', join(folder, 'session.json')).split(' ');
    expect(await run(words, createRecordedIo())).toBe(0);
    writeFileSync(join(folder, 'program.mjs'), program);
    const printed = execFileSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(printed.trim()).toBe(/ prints: (.*)/.exec(program)?.[1]);
  });
});
