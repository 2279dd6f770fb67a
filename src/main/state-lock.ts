/** Keeps two brokers from sharing one state directory, across crashes and reused process ids. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from './command-error.js';
import { createPrivateFile, hasCode, readIfThere, writePrivateFile } from './private-file.js';
import { StateFile } from './state-directory.js';

/** A directory that this process holds. */
export interface StateLock {
  release(): Promise<void>;
}

/** Takes the directory for this process. Throws CommandError while another process that lives holds it. */
export async function lockState(directory: string): Promise<StateLock> {
  const path = join(directory, StateFile.lock);
  const mine = JSON.stringify({ pid: process.pid, startedAt: await readStartOf(process.pid) });
  while (!(await createPrivateFile(path, mine))) {
    const theirs = await readIfThere(path);
    if (theirs === undefined) continue;
    const holder = parseHolder(theirs);
    if (holder !== undefined && (await isAlive(holder))) throw refusal(directory, holder.pid);
    if (await takeOver(path, theirs, mine)) break;
  }
  return { release: () => rm(path, { force: true }) };
}

interface Holder {
  readonly pid: number;
  readonly startedAt: string | undefined;
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, startedAt } = JSON.parse(text) as { pid?: unknown; startedAt?: unknown }; // every field is checked below
    if (!Number.isSafeInteger(pid)) return undefined;
    return { pid: Number(pid), startedAt: typeof startedAt === 'string' ? startedAt : undefined };
  } catch {
    // Not JSON: not written by a Tandem, so held by none.
    return undefined;
  }
}

async function isAlive({ pid, startedAt }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is such a process, of another user.
    if (!hasCode(error, 'EPERM')) return false;
  }
  return startedAt === undefined || startedAt === (await readStartOf(pid));
}

/** When a process started, as Linux counts it, so that a pid given to another process (after a reboot, in a container) is noticed. */
async function readStartOf(pid: number): Promise<string | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'latin1');
    // proc(5): field 22 of the line; the second is a name in parentheses that may hold spaces.
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    // Not Linux, or the process is gone: the pid alone decides.
    return undefined;
  }
}

/** Replaces a stale lock, unless it is no longer the one that was judged. The claim lets one process at a time do so. */
async function takeOver(path: string, judged: string, mine: string): Promise<boolean> {
  const claim = `${path}.claim`;
  if (!(await createPrivateFile(claim, mine))) {
    throw new CommandError('Another Tandem is just starting with the same state directory.', {
      advice: [`If there is none, one crashed at that moment: remove ${claim}.`],
    });
  }
  try {
    if ((await readIfThere(path)) !== judged) return false;
    await writePrivateFile(path, mine);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

function refusal(directory: string, pid: number): CommandError {
  return new CommandError(`Tandem is already running with ${directory} (process ${pid}).`, {
    advice: ['Use it (tandem devices), end it, or start another with --state-dir DIR --port PORT.'],
  });
}
