import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AnyEventObject } from 'xstate';
import { modelOf } from '../../src/charts/charts.js';
import { AttemptError } from '../../src/machines/attempt-error.js';
import { MACHINE_NAMES } from '../../src/protocol/codes.js';
import { openDocument, type ScxmlEvent, whyNoScion } from './scion.js';
import { textOf } from './text-of.js';
import { SUBJECTS, type Subject, walksOf } from './walks.js';

const isCi = process.env['CI'] === 'true';
/** A laptop may be without it; a CI run may not. */
const isSkipped = whyNoScion !== undefined && !isCi;

describe.skipIf(isSkipped)(isSkipped ? `SCXML: ${whyNoScion}` : 'SCXML in another engine', () => {
  it.each(SUBJECTS)('does what the machine does: $title', async (subject) => {
    const play = await openDocument(await documentOf(subject));
    const { transitions } = modelOf(subject.name);
    for (const { events, step } of walksOf(subject)) {
      const { states, data, taken, logged, sent, cancelled, errors } = play(events.map(eventFor));
      const edges = taken.map(([source, place]) => transitions.filter((each) => each.source === source)[place]?.id);
      expect({ events, states, data, edges: edges.filter((edge) => edge !== undefined), errors }).toEqual({
        events,
        states: [step.value],
        data: Object.fromEntries(Object.keys(data).map((name) => [name, Reflect.get(step.context, name) ?? null])),
        edges: step.edge === undefined ? [] : [step.edge],
        errors: [],
      });
      expect(logged).toEqual(step.done);
      expect(sent.map(([name, delayMs]) => [name.split('.')[1], delayMs])).toEqual(step.started);
      expect(cancelled.map((name) => name.split('.')[1])).toEqual(step.stopped);
    }
  });

  it.each(MACHINE_NAMES)('walks every transition of the %s', (name) => {
    const walks = SUBJECTS.filter((subject) => subject.name === name).flatMap(walksOf);
    const walked = new Set(walks.map(({ step }) => step.edge));
    const all = modelOf(name).transitions.map(({ id }) => id);
    expect(all.filter((id) => !walked.has(id))).toEqual([]);
  });
});

const COMPILERS = ['/usr/lib/qt6/libexec/qscxmlc', '/usr/lib/qt5/bin/qscxmlc'].filter((path) => existsSync(path));

describe('SCXML for Qt', () => {
  it.for(MACHINE_NAMES)('compiles: the %s', async (name, { skip }) => {
    const missing = 'qscxmlc is missing; on Debian: apt-get install libqt5scxml5-bin';
    if (COMPILERS.length === 0) return isCi ? expect.fail(missing) : skip(missing);
    const directory = mkdtempSync(join(tmpdir(), 'tandem-scxml-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    for (const compiler of COMPILERS) {
      const { status, stderr } = spawnSync(
        compiler,
        [join('docs/charts', `${name}.scxml`), '-o', join(directory, name)],
        {
          encoding: 'utf8',
        },
      );
      expect({ compiler, status, stderr }).toEqual({ compiler, status: 0, stderr: '' });
    }
  });
});

/** The document, told which side the device is on as docs/charts.md says. */
async function documentOf({ name, input }: Subject): Promise<string> {
  const text = await textOf(name, 'scxml');
  if (!('isOwnDialPreferred' in input)) return text;
  return text.replace('<data id="isOwnDialPreferred" expr="true"/>', (data) =>
    data.replace('true', String(input.isOwnDialPreferred)),
  );
}

/** What docs/charts.md says about names and data of events. */
function eventFor({ type, ...data }: AnyEventObject): ScxmlEvent {
  const [, end] = /^xstate\.(done|error)\.actor\./.exec(type) ?? [];
  if (end !== undefined) {
    const name = `${type.includes('peer') ? 'open' : 'watchRadio'}.${end === 'done' ? 'done' : 'failed'}`;
    const { output, error } = data as { readonly output?: number; readonly error?: unknown }; // what walks.ts sends
    return { name, data: { link: output, isFinal: error instanceof AttemptError && error.isFinal } };
  }
  const [, delay, state] = /^xstate\.after\.(\w+)\.\w+\.(\w+)$/.exec(type) ?? [];
  return delay === undefined ? { name: type, data } : { name: `after.${delay}.${state}` };
}
