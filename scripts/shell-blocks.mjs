/**
 * The shell lines of documents. A block of `sh` or `bash` is what a reader types; in a block of `console` a line that begins with `$ ` is, and the others are
 * what is printed. A program that begins with a comment that names a file, such as `// timer.mjs`, is what a reader saves there. Comments of HTML, which readers
 * do not see, say two things of the block below them: `<!-- not run: reason -->` it cannot be carried out here, and why; `<!-- ctrl+c -->` the reader ends what
 * runs in the other terminals first, or with `<!-- ctrl+c: npm start -->` what that line began.
 */
import { existsSync } from 'node:fs';

const SHELLS = ['sh', 'bash', 'console'];
const PROGRAMS = ['js', 'python'];
/** How lines begin that are meant for a shell, whatever their block says. */
const SHELL_LINE =
  /^\s*(?:\$ |(?:[A-Z_]+=\S+ )?(?:sudo|npm|npx|node|tandem|curl|git|docker|apt-get|brew|cd|bash|vitest|mosquitto_(?:pub|sub)) )/;

/** @typedef {import('./source-rules.mjs').TextFile} TextFile */
/**
 * @typedef {object} ShellBlock
 * @property {string} path
 * @property {number} line of the first line within
 * @property {string} language
 * @property {readonly string[]} lines
 * @property {string | undefined} notRun why it cannot be carried out
 * @property {string | undefined} interrupts how the lines begin that are ended first; all lines begin with ''
 * @property {string | undefined} file where a reader saves it; then it is nothing to type
 */

/**
 * @param {TextFile} document
 * @returns {ShellBlock[]}
 */
export function readShellBlocks(document) {
  return readBlocks(document).filter(isFollowed);
}

/**
 * What keeps a shell line from being carried out without anyone noticing.
 * @param {TextFile} document
 * @returns {string[]}
 */
export function checkShellBlocks(document) {
  const blocks = readBlocks(document);
  const above = new Set(blocks.filter(isFollowed).flatMap(({ marks }) => marks));
  return [
    ...blocks
      .filter(
        ({ language, lines }) => ['', 'text', 'shell', 'zsh'].includes(language) && SHELL_LINE.test(lines[0] ?? ''),
      )
      .map(({ path, line }) => `${path}:${line}: shell lines belong in a block of sh, bash or console`),
    ...marksOf(document.text)
      .filter(({ line }) => !above.has(line))
      .map(({ line }) => `${document.path}:${line}: is not above a block of shell lines`),
    ...blocks
      .flatMap(({ path, line, notRun }) => (notRun === undefined ? [] : [{ path, line, notRun }]))
      .flatMap(({ path, line, notRun }) => reasonless(notRun).map((what) => `${path}:${line}: ${what}`)),
  ];
}

/**
 * Every line that no test types, with the reason, for people who read the output of the check.
 * @param {readonly TextFile[]} documents
 */
export function listNotRun(documents) {
  return documents
    .flatMap(readShellBlocks)
    .filter(({ notRun }) => notRun !== undefined)
    .map(
      ({ path, line, lines, notRun }) =>
        `${path}:${line}: ${lines[0]?.trim()}${lines.length > 1 ? ' …' : ''}: ${notRun}`,
    );
}

/** @param {Pick<ShellBlock, 'language' | 'file'>} block */
function isFollowed({ language, file }) {
  return SHELLS.includes(language) || file !== undefined;
}

/** @param {string} reason */
function reasonless(reason) {
  if (reason.split(/\s+/).length < 3) return ['the reason why it is not run is missing'];
  const named = [...reason.matchAll(/(?:^|\s)((?:test|scripts|\.ci)\/[\w./-]+\w)/g)].map(([, path = '']) => path);
  return named.filter((path) => !existsSync(path)).map((path) => `the reason names ${path}, which is not there`);
}

/** @param {string} text */
function marksOf(text) {
  return text.split('\n').flatMap((content, index) => {
    const mark = /^\s*<!--\s*(not run\b:?|ctrl\+c:?)\s*(.*?)\s*-->\s*$/.exec(content);
    return mark === null ? [] : [{ line: index + 1, name: mark[1] ?? '', reason: mark[2] ?? '' }];
  });
}

/**
 * @param {TextFile} document
 * @returns {(ShellBlock & { readonly marks: readonly number[] })[]}
 */
function readBlocks({ path, text }) {
  const marks = marksOf(text);
  return [...fencedBlocks(text.split('\n')), ...indentedBlocks(text.split('\n'))].map(({ start, language, lines }) => {
    const above = marksAbove(marks, start);
    const notRun = above.find(({ name }) => name.startsWith('not run'))?.reason;
    const interrupts = above.find(({ name }) => name.startsWith('ctrl+c'))?.reason;
    const file = PROGRAMS.includes(language) ? /^(?:\/\/|#) ([\w-]+\.\w+)$/.exec(lines[0] ?? '')?.[1] : undefined;
    return { path, line: start + 1, language, lines, notRun, interrupts, file, marks: above.map(({ line }) => line) };
  });
}

/**
 * The marks on the lines directly above that line.
 * @param {ReturnType<typeof marksOf>} marks
 * @param {number} line
 * @returns {ReturnType<typeof marksOf>}
 */
function marksAbove(marks, line) {
  const mark = marks.find((candidate) => candidate.line === line - 1);
  return mark === undefined ? [] : [...marksAbove(marks, line - 1), mark];
}

/** @typedef {{ readonly start: number, readonly language: string, readonly lines: readonly string[] }} Found `start`: the line of the fence, from 1 on */

/**
 * @param {readonly string[]} lines
 * @returns {Found[]}
 */
function fencedBlocks(lines) {
  const found = [];
  for (let index = 0; index < lines.length; index++) {
    const fence = /^(\s*)(```+)\s*(\S*)/.exec(lines[index] ?? '');
    if (fence === null) continue;
    const [, indent = '', ticks = '', language = ''] = fence;
    const end = lines.findIndex((line, at) => at > index && line.trim() === ticks);
    const inner = lines.slice(index + 1, end === -1 ? undefined : end);
    const stripped = inner.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    found.push({ start: index + 1, language, lines: stripped });
    index = end === -1 ? lines.length : end;
  }
  return found;
}

/**
 * Markdown's other form of code: four spaces, after an empty line. Paragraphs of lists look the same, and begin with no command.
 * @param {readonly string[]} lines
 * @returns {Found[]}
 */
function indentedBlocks(lines) {
  return lines.flatMap((line, index) => {
    const isFirst = /^ {4}\S/.test(line) && lines[index - 1] === '';
    return isFirst ? [{ start: index, language: '', lines: [line.slice(4)] }] : [];
  });
}
