/** A terminal of a reader: one bash that keeps its folder and its variables from line to line. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { hasCode } from '../../../src/main/private-file.js';

export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The command that runs its arguments there, where that is another machine. */
  readonly enter?: readonly string[];
}

export interface Ran {
  /** Undefined: it goes on. */
  readonly status: number | undefined;
  /** What stands on the screen then, of both outputs. */
  readonly output: string;
}

export interface Terminal {
  /** Types a command and waits for its end, or until its output `isEnough`. */
  type(command: string, isEnough?: (output: string) => boolean): Promise<Ran>;
  /** Ctrl+C, then the window is closed. */
  close(): Promise<void>;
}

/** After it, bash says how the command ended. No document prints it. */
const ENDED = /\n?<ended with (\d+)>\n/;
/** How long a program may take after Ctrl+C before it is killed, in milliseconds. Every program says goodbye sooner. */
const LEAVING_MS = 15_000;

export function openTerminal({ cwd, env, enter = [] }: Place): Terminal {
  const [program = '', ...args] = [...enter, 'bash', '--norc', '--noprofile'];
  const bash = spawn(program, args, { cwd, env, detached: true });
  let output = '';
  let look: () => void = () => {};
  let fail: () => void = () => {};
  bash.once('close', () => fail());
  for (const stream of [bash.stdout, bash.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk);
      look();
    });
  bash.stdin.write('exec 2>&1\nshopt -s expand_aliases\nset -o pipefail\n');

  return {
    async type(command, isEnough = () => false) {
      output = '';
      bash.stdin.write(`eval ${quote(command)} < /dev/null; printf '\\n<ended with %d>\\n' $?\n`);
      await new Promise<void>((resolve, reject) => {
        look = () => void ((ENDED.test(output) || isEnough(output)) && resolve());
        fail = () => reject(new Error(`the terminal closed at: ${command}`));
        look();
      });
      const [, status] = ENDED.exec(output) ?? [];
      return { output: output.replace(ENDED, ''), status: status === undefined ? undefined : Number(status) };
    },
    close: () => leave(bash),
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether bash takes this as a whole command: a line may go on on the next one. */
export function isWhole(command: string): boolean {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: command, encoding: 'utf8' });
  return status === 0 && stderr === '' && !/\\$/.test(command);
}

async function leave(bash: ChildProcess): Promise<void> {
  if (bash.exitCode !== null || bash.signalCode !== null) return;
  const exited = once(bash, 'exit');
  const closed = once(bash, 'close');
  const deadline = setTimeout(() => signal(bash, 'SIGKILL'), LEAVING_MS);
  signal(bash, 'SIGINT');
  bash.stdin?.end();
  await exited;
  // What runs in the background takes no Ctrl+C.
  signal(bash, 'SIGTERM');
  await closed;
  clearTimeout(deadline);
}

/** To bash and all that it started. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
