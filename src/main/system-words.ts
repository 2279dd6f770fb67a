/** What the operating system refused, in words for people: which file, why, and what to do. */
import { reasonOf } from './command-error.js';

export interface SystemWords {
  readonly what: string;
  readonly advice: string;
}

const ELSEWHERE = 'choose another place with --state-dir DIR';

/** By code. Source: errno(3). */
const REASONS: Readonly<Record<string, readonly [why: string, advice: string]>> = {
  EACCES: ['it belongs to another user', `Run the command as that user, or ${ELSEWHERE}.`],
  EPERM: ['the system does not permit it', `Run the command as the user it belongs to, or ${ELSEWHERE}.`],
  EROFS: ['the file system is read-only', `Make it writable, or ${ELSEWHERE}.`],
  ENOSPC: ['the disk is full', `Make room, or ${ELSEWHERE}.`],
  EDQUOT: ['the quota is used up', `Make room, or ${ELSEWHERE}.`],
  EEXIST: ['something else is there', `Remove it, or ${ELSEWHERE}.`],
  EISDIR: ['it is a folder', 'Remove it, or move it away.'],
  ENOTDIR: ['a file is where a folder belongs', `Remove that file, or ${ELSEWHERE}.`],
  ENOENT: ['there is no such file or folder', 'Look at the path.'],
  ELOOP: ['its links lead in a circle', 'Remove it, or move it away.'],
  EIO: ['the disk failed', 'Look at the disk; restore the file from a backup.'],
  EMFILE: ['too many files are open', 'Raise the limit: ulimit -n.'],
};

/** Codes that only writing has. */
const OF_WRITING = ['EROFS', 'ENOSPC', 'EDQUOT'];

/** The reason alone, in words for people; of any failure. */
export function whyRefused(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code]?.[0] ?? reasonOf(error);
}

/** Undefined where the system refused nothing: then it is a defect of ours. */
export function explainSystemError(error: unknown): SystemWords | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  const code = String(error.code);
  const [why, advice] = REASONS[code] ?? [reasonOf(error), `Or ${ELSEWHERE}.`];
  const path = 'path' in error && typeof error.path === 'string' ? withoutDraft(error.path) : 'A file';
  const isRead = ['read', 'open', 'stat', 'scandir'].includes(String(error.syscall)) && !OF_WRITING.includes(code);
  return { what: `${path} cannot be ${isRead ? 'read' : 'written'}: ${why}.`, advice };
}

/** Files are written beside their place first; people know them by their own name. */
function withoutDraft(path: string): string {
  return path.replace(/\.(?:[0-9a-f]{12}|\d+\.draft)$/, '');
}
