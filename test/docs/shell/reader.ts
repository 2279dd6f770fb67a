/** Follows a document: types its shell lines in order, and compares what is printed with what the document says. */
import type { ShellBlock } from '../../../scripts/shell-blocks.mjs';
import type { Checkout } from './checkout.js';
import { isWhole, openTerminal, type Ran, type Terminal } from './terminal.js';

/** A command, and what the document says it prints. */
export interface Step {
  readonly command: string;
  readonly printed?: string;
}

/** Programs that go on until Ctrl+C, and what they print once they are ready. The next line is typed in another terminal. */
const STAYING: readonly (readonly [command: RegExp, ready: RegExp])[] = [
  [/\b(?:npm start|tandem start)\b.*--demo|\bnpm start\b/, /^Ctrl\+C ends/m],
  [/\btandem start\b/, /: gateway at [\s\S]*, on .*\n/],
  [/\btandem air\b/, /\n/],
  [/\btandem watch\b|--watch\b/, /\n/],
  [/\btandem receive\b/, /Waiting for a file/],
  // What a document says of any other program.
  [/# .*\bgoes on\b/, /\n/],
];

/** How often a reader who was too quick types a line again. */
const MOST_TRIES = 100;

/** What differs from one run to the next: times, ids, signal strengths and ports. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b\d\d:\d\d:\d\d(?:\.\d+)?/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d\b/g, '<date>'],
  [/\b[0-9a-f]{12,}\b/g, '<id>'],
  [/-\d+ dBm/g, '<strength>'],
];

type Tell = (text: string) => void;

/** Rejects with the words of the first line that fails, or prints something else. `tell` is given all that is typed and printed. */
export async function follow(blocks: readonly ShellBlock[], checkout: Checkout, tell: Tell): Promise<void> {
  const occupied: Occupied[] = [];
  let terminal: Terminal | undefined;
  try {
    for (const block of blocks.filter(({ notRun }) => notRun === undefined)) {
      if (block.interrupts !== undefined) await interrupt(block.interrupts, occupied);
      for (const step of stepsOf(block)) {
        tell(`${block.path}:${block.line}: $ ${step.command}\n`);
        terminal ??= openTerminal(checkout);
        const isFree = await carryOut(step, terminal, checkout, tell);
        if (isFree) continue;
        occupied.push({ terminal, command: step.command });
        terminal = undefined;
      }
    }
  } finally {
    await terminal?.close();
    await closeAll(occupied);
  }
}

interface Occupied {
  readonly terminal: Terminal;
  /** What goes on in it. */
  readonly command: string;
}

/** Ctrl+C where a command that begins so goes on. A document that names none is wrong. */
async function interrupt(beginning: string, occupied: Occupied[]): Promise<void> {
  const ended = occupied.filter(({ command }) => command.startsWith(beginning));
  if (ended.length === 0) throw new Error(`nothing to end that begins with: ${beginning}`);
  occupied.splice(0, Infinity, ...occupied.filter((each) => !ended.includes(each)));
  await closeAll(ended);
}

/** Newest first: what was started last needs what was started before. */
async function closeAll(occupied: readonly Occupied[]): Promise<void> {
  for (const { terminal } of occupied.toReversed()) await terminal.close();
}

/** The commands of a block, each whole. */
export function stepsOf({
  language,
  lines,
  file,
}: Pick<ShellBlock, 'language' | 'lines'> & Partial<ShellBlock>): Step[] {
  if (file !== undefined) return [{ command: [`cat > ${file} <<'END OF FILE'`, ...lines, 'END OF FILE'].join('\n') }];
  return language === 'console' ? consoleSteps(lines) : scriptSteps(lines).map((command) => ({ command }));
}

function scriptSteps(lines: readonly string[]): string[] {
  const commands: string[] = [];
  let begun = '';
  for (const line of lines) {
    begun = begun === '' ? line : `${begun}\n${line}`;
    if (!isWhole(begun)) continue;
    if (!/^\s*(?:#.*)?$/.test(begun)) commands.push(begun);
    begun = '';
  }
  return begun === '' ? commands : [...commands, begun];
}

function consoleSteps(lines: readonly string[]): Step[] {
  const starts = lines.flatMap((line, index) => (line.startsWith('$ ') ? [index] : []));
  return starts.map((start, position) => {
    const own = lines.slice(start, starts[position + 1]);
    let length = 1;
    while (!isWhole(typed(own, length)) && length < own.length) length++;
    return { command: typed(own, length), printed: own.slice(length).join('\n') };
  });
}

function typed(lines: readonly string[], length: number): string {
  return lines.slice(0, length).join('\n').replace(/^\$ /, '').replaceAll(/\n> /g, '\n');
}

/** Whether the terminal is free again. */
async function carryOut(step: Step, terminal: Terminal, checkout: Checkout, tell: Tell): Promise<boolean> {
  const command = checkout.localize(step.command);
  const ready = STAYING.find(([pattern]) => pattern.test(command))?.[1];
  const said = step.printed === undefined ? undefined : checkout.localize(step.printed);
  const isAsSaid = (output: string): boolean => said === undefined || isSaid(said, output, ready !== undefined);
  const isEnough = (output: string): boolean => ready?.test(output) === true && isAsSaid(output);

  let ran = await terminal.type(command, isEnough);
  for (let again = 0; again < MOST_TRIES && isTooEarly(command, ran, isAsSaid(ran.output)); again++)
    ran = await terminal.type(command, isEnough);
  const { status, output } = ran;
  tell(`${output}\n`);
  if (status === undefined) return false;
  if (ready !== undefined) throw new Error(`ended with ${status}: ${command}\n${output}`);
  if (!isAsSaid(output)) throw new Error(`${command}\nprints:\n${output}\nand not:\n${said}`);
  // Where a document shows what is printed, that may be a failure. 141: the reader of a pipe had seen enough.
  if (said === undefined && status !== 0 && status !== 141)
    throw new Error(`failed with ${status}: ${command}\n${output}`);
  return true;
}

/** Two devices take a moment to meet, an echo to come back, and a session to change: a reader looks again. */
function isTooEarly(command: string, { status, output }: Partial<Ran>, isAsSaid: boolean): boolean {
  if (status === undefined) return false;
  return (
    /\bis in range\b|^No device in range/m.test(output ?? '') ||
    (/follow=false|\btandem sessions$/.test(command) && !isAsSaid)
  );
}

/** Whether that is what a document shows. A program that stays may have printed more, so its output only begins so. */
export function isSaid(said: string, output: string, isBeginning = false): boolean {
  const lines = settled(output).split('\n');
  const shown = settled(said).split('\n');
  return isSame(isBeginning ? [...shown, ANY] : shown, lines);
}

/** Alone it stands for any lines, and for none; within a line for any characters. */
const ANY = '…';

function isSame([first, ...rest]: readonly string[], lines: readonly string[]): boolean {
  if (first === undefined) return lines.length === 0;
  if (first === ANY) return lines.some((_, index) => isSame(rest, lines.slice(index))) || isSame(rest, []);
  const [line, ...others] = lines;
  return line !== undefined && patternOf(first).test(line) && isSame(rest, others);
}

function settled(output: string): string {
  const lines = output.split('\n').map((line) => line.trimEnd());
  return VARYING.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), lines.join('\n').trim());
}

function patternOf(line: string): RegExp {
  const parts = line.split(ANY).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
