/** Child processes that answer calls of the benchmark, so that nothing measured shares a heap or a compiler with its peer. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Contender, Figures } from './contender.js';

/** A process of ours; one call at a time. */
export interface Child {
  call(method: string, argument?: unknown): Promise<unknown>;
  /** Ends the process. */
  stop(): Promise<void>;
}

interface Call {
  readonly method: string;
  readonly argument: unknown;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

/** Starts the module as a process of its own; `params` reach its `answerParent`. Rejects with what the module failed with. */
export async function startChild(module: URL, params: unknown, execArgv: readonly string[] = []): Promise<Child> {
  const child = fork(module, [], { execArgv: [...execArgv], serialization: 'advanced' });
  const call = (method: string, argument?: unknown) => ask(child, { method, argument });
  await call('start', params);
  return {
    call,
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

/** A contender in a process of its own. */
export async function startContender(
  module: URL,
  params: unknown,
  execArgv: readonly string[] = [],
): Promise<Contender> {
  const child = await startChild(module, params, execArgv);
  return {
    round: async () => (await child.call('round')) as Figures, // contenders are ours
    close: () => child.stop(),
  };
}

/** In the child: makes what answers the calls from the parameters, once. The process ends with its parent. */
export function answerParent<Params>(
  start: (params: Params) => Promise<Readonly<Record<string, (argument: never) => unknown>>>,
): void {
  let started: Promise<Readonly<Record<string, (argument: never) => unknown>>> | undefined;

  async function answer({ method, argument }: Call): Promise<unknown> {
    started ??= start(argument as Params); // the parent gives what the module asks for
    const handlers = await started;
    return method === 'start' ? undefined : handlers[method]?.(argument as never); // as above
  }

  process.on('message', (call: Call) => {
    answer(call).then(
      (result) => process.send?.({ result } satisfies Answer),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit());
}

function ask(child: ChildProcess, call: Call): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the process of ${call.method} ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', ({ result, error }: Answer) => {
      child.off('exit', onExit);
      if (error === undefined) resolve(result);
      else reject(new Error(`in a child: ${error}`));
    });
    child.send(call);
  });
}
