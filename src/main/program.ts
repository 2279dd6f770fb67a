/** The commands of `tandem` as one tree: what is parsed, explained by `help`, and completed by shells. */
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { type Define, misuse } from './command.js';
import { COMPLETE_COMMAND } from './completion/scripts.js';
import { findSuggestion } from './suggestion.js';
import type { Io } from './terminal/io.js';
import { readVersion } from './version.js';

interface Entry {
  readonly summary: string;
  load(): Promise<Define>;
}

/** Every command, loaded when it is asked for. */
export const COMMANDS = {
  start: {
    summary: 'run a broker and its gateway until Ctrl+C',
    load: async () => (await import('./commands/start.js')).define,
  },
  devices: {
    summary: 'list the devices in range that share the account',
    load: async () => (await import('./commands/devices.js')).define,
  },
  sessions: {
    summary: 'list the sessions of this device and their states',
    load: async () => (await import('./commands/sessions.js')).define,
  },
  send: {
    summary: 'send a text or a file to another device',
    load: async () => (await import('./commands/send.js')).define,
  },
  receive: {
    summary: 'take a file that another device sends',
    load: async () => (await import('./commands/receive.js')).define,
  },
  trace: {
    summary: 'show what happened to a session, and why it is not connected',
    load: async () => (await import('./commands/trace.js')).define,
  },
  watch: {
    summary: 'show the way of a session through its chart, live',
    load: async () => (await import('./commands/watch.js')).define,
  },
  inspect: {
    summary: 'show sessions live in the Stately inspector',
    load: async () => (await import('./commands/inspect.js')).define,
  },
  token: {
    summary: 'make, list and revoke the tokens that clients of the gateway need',
    load: async () => (await import('./commands/token.js')).define,
  },
  account: {
    summary: 'show, make or copy the account that devices share',
    load: async () => (await import('./commands/account.js')).define,
  },
  air: {
    summary: 'serve simulated Bluetooth controllers until Ctrl+C',
    load: async () => (await import('./commands/air.js')).define,
  },
  chart: {
    summary: 'print the statechart of a session, a peer or the radio as a document',
    load: async () => (await import('./commands/chart.js')).define,
  },
  doctor: {
    summary: 'examine radio, rights and software of this machine, and say what to do',
    load: async () => (await import('./commands/doctor.js')).define,
  },
  config: {
    summary: 'check the configuration, show what counts, or print its schema',
    load: async () => (await import('./commands/config.js')).define,
  },
  completion: {
    summary: 'print what makes bash, zsh or fish complete these commands',
    load: async () => (await import('./commands/completion.js')).define,
  },
} as const satisfies Record<string, Entry>;

/** Where nobody says how wide a terminal is. */
const FALLBACK_COLUMNS = 100;

/** The tree, with everything below the commands that `words` begin with, and only the summaries of the others. */
export async function createProgram(io: Io, words: readonly string[]): Promise<Command> {
  const program = new Command('tandem')
    .description('Collaboration sessions between apps on two nearby devices. tandem help <command> says more of each.')
    .usage('<command> [options]')
    .version(await readVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => linesOf(text).forEach(io.out),
      writeErr: (text) => linesOf(text).forEach(io.err),
      // Whoever catches the error says it.
      outputError: () => {},
      getOutHelpWidth: () => io.columns ?? FALLBACK_COLUMNS,
      getErrHelpWidth: () => io.columns ?? FALLBACK_COLUMNS,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const entries: (readonly [string, Entry])[] = Object.entries(COMMANDS);
  for (const [name, { summary, load }] of entries) {
    const command: Command = program.command(name).summary(summary).description(summary);
    if (words.slice(0, 2).includes(name)) (await load())(command, io);
  }
  if (words[0] === COMPLETE_COMMAND) {
    const { defineComplete } = await import('./commands/completion.js');
    defineComplete(program.command(COMPLETE_COMMAND, { hidden: true }), io, createProgram);
  }
  program.helpCommand(false);
  program
    .command('help')
    .summary('explain a command')
    .description('Explains a command, or lists all of them.')
    .argument('[command...]', 'such as: token create')
    .action((path) => explain(program, path));
  return program;
}

/** The command that these words lead to, as far as they do, and the words that are left. */
export function findCommand(
  program: CommandUnknownOpts,
  words: readonly string[],
): readonly [CommandUnknownOpts, readonly string[]] {
  const [word, ...rest] = words;
  const next = program.commands.find((command) => command.name() === word);
  return next === undefined ? [program, words] : findCommand(next, rest);
}

/** What to type for a command: "tandem token create". */
export function pathOf(command: CommandUnknownOpts): string {
  const { parent } = command;
  return parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}

function explain(program: CommandUnknownOpts, path: readonly string[]): void {
  const [command, [unknown]] = findCommand(program, path);
  if (unknown === undefined) return command.outputHelp();
  const names = command.commands.map((inner) => inner.name());
  const suggestion = findSuggestion(unknown, names);
  throw misuse(
    `There is no command "${pathOf(command)} ${unknown}".`,
    ...(suggestion === undefined ? [] : [`Did you mean ${pathOf(command)} ${suggestion}?`]),
  );
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}
