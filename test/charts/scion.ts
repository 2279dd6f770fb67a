/** SCION, an engine for SCXML that others wrote: runs a document as it stands. Installed apart, see engine/package.json. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const ENGINE = resolve(import.meta.dirname, 'engine');

export const whyNoScion: string | undefined = existsSync(resolve(ENGINE, 'node_modules'))
  ? undefined
  : 'SCION is missing; install it with: npm ci --prefix test/charts/engine';

/** An event of SCXML. */
export interface ScxmlEvent {
  readonly name: string;
  readonly data?: object;
}

/** What the engine did with one event. */
export interface EngineStep {
  /** Active atomic states, and the document's data. */
  readonly states: readonly string[];
  readonly data: object;
  /** Transitions taken: their state, and their place among its transitions. */
  readonly taken: readonly (readonly [source: string, place: number])[];
  /** What `log` said: its label, and the value. */
  readonly logged: readonly string[];
  /** Delayed events sent, with their milliseconds, and those cancelled. */
  readonly sent: readonly (readonly [event: string, delayMs: number])[];
  readonly cancelled: readonly string[];
  /** What could not be evaluated. */
  readonly errors: readonly string[];
}

/** Starts a document afresh, and gives it events; time does not pass there. Answers with the last step. */
export type Play = (events: readonly ScxmlEvent[]) => EngineStep;

/** Rejects when the engine does not take the document. */
export async function openDocument(text: string): Promise<Play> {
  const scion = createRequire(resolve(ENGINE, 'package.json'))('@scion-scxml/scxml') as Scion; // its own types do not compile
  const model = await new Promise<unknown>((done, fail) => {
    const settle = (error: unknown, result: unknown): void => (error ? fail(error) : done(result));
    scion.documentStringToModel('', text, (error, prepared) => (error ? fail(error) : prepared.prepare(settle)));
  });
  // Charts of one model share their data, which is set the first time only.
  const first = new scion.core.Statechart(model, { console: { log() {} } });
  first.start();
  const params = dataOf(first);
  return (events) => {
    let step = emptyStep();
    const chart = new scion.core.Statechart(model, {
      params: structuredClone(params),
      console: { log: (label, value) => void step.logged.push(`${label} ${value}`) },
      customSend: ({ name }, { delay }) => void step.sent.push([name, delay]),
      customCancel: (id) => void step.cancelled.push(id),
    });
    chart.registerListener({
      onTransition: (source, _targets, place) => void step.taken.push([source, place]),
      onError: ({ data }) => void step.errors.push(data.reason),
    });
    let states = chart.start();
    for (const event of events) {
      step = emptyStep();
      states = chart.gen(event);
    }
    return { ...step, states, data: dataOf(chart) };
  };
}

function dataOf(chart: Statechart): object {
  return chart.getSnapshot()[3];
}

interface Recorded {
  readonly taken: [string, number][];
  readonly logged: string[];
  readonly sent: [string, number][];
  readonly cancelled: string[];
  readonly errors: string[];
}

function emptyStep(): Recorded {
  return { taken: [], logged: [], sent: [], cancelled: [], errors: [] };
}

interface Scion {
  documentStringToModel(url: string, text: string, done: (error: unknown, model: Prepared) => void): void;
  readonly core: {
    readonly Statechart: new (
      model: unknown,
      options: {
        readonly params?: unknown;
        readonly console?: { log(label: string, value: string): void };
        customSend?(event: ScxmlEvent, options: { readonly delay: number }): void;
        customCancel?(id: string): void;
      },
    ) => Statechart;
  };
}

interface Prepared {
  prepare(done: (error: unknown, model: unknown) => void): void;
}

interface Statechart {
  registerListener(listener: {
    onTransition(source: string, targets: readonly string[] | null, place: number): void;
    onError(error: { readonly data: { readonly reason: string } }): void;
  }): void;
  start(): readonly string[];
  gen(event: ScxmlEvent): readonly string[];
  getSnapshot(): readonly [states: unknown, history: unknown, isInFinalState: boolean, data: object, queue: unknown];
}
