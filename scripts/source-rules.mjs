/** House rules for source files that no linter has: sizes, and escapes from the type checker that give no reason. */
import ts from 'typescript';

const MAX_FILE_LINES = 250;
/** A function fits on a screen; what it defines inside counts for itself. Tables of test cases may be longer. */
const MAX_FUNCTION_LINES = 40;

/** @typedef {{ readonly path: string, readonly text: string }} TextFile */

/**
 * @param {readonly TextFile[]} files
 * @returns {string[]}
 */
export function checkSource(files) {
  return files.flatMap((file) => {
    const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
    return [
      ...tooLong(file),
      ...(file.path.endsWith('.test.ts') ? [] : longFunctions(tree)).map(
        ({ line, lines }) => `${file.path}:${line}: a function of ${lines} lines`,
      ),
      ...escapes(tree).map(({ line, what }) => `${file.path}:${line}: ${what} without a reason on its line`),
    ];
  });
}

/** @param {TextFile} file */
function tooLong({ path, text }) {
  const lines = text.trimEnd().split('\n').length;
  return lines > MAX_FILE_LINES ? [`${path}: ${lines} lines, at most ${MAX_FILE_LINES}`] : [];
}

/** @param {ts.SourceFile} tree */
function longFunctions(tree) {
  return descendants(tree)
    .filter(ts.isFunctionLike)
    .map((node) => ({ line: lineOf(tree, node.getStart()) + 1, lines: ownLines(tree, node) }))
    .filter(({ lines }) => lines > MAX_FUNCTION_LINES);
}

/**
 * @param {ts.SourceFile} tree
 * @param {ts.Node} node
 */
function ownLines(tree, node) {
  const inner = nearestFunctions(node).map((child) => lineSpan(tree, child) - 1);
  return lineSpan(tree, node) - inner.reduce((sum, lines) => sum + lines, 0);
}

/**
 * @param {ts.Node} node
 * @returns {ts.Node[]}
 */
function nearestFunctions(node) {
  return children(node).flatMap((child) => (ts.isFunctionLike(child) ? [child] : nearestFunctions(child)));
}

/** @param {ts.SourceFile} tree */
function escapes(tree) {
  const lines = tree.text.split('\n');
  const casts = descendants(tree)
    .map((node) => ({ node, what: escapeIn(node) }))
    .filter(({ what }) => what !== '')
    .map(({ node, what }) => ({ line: lineOf(tree, node.getEnd()), what }));
  const comments = lines
    .map((text, line) => ({
      line,
      what: /^\s*\/[/*]\s*(@ts-(?:ignore|expect-error|nocheck))\W*$/.exec(text)?.[1] ?? '',
    }))
    .filter(({ what }) => what !== '');
  return [...casts.filter(({ line }) => !/\/\/ \S/.test(lines[line] ?? '')), ...comments].map(({ line, what }) => ({
    line: line + 1,
    what,
  }));
}

/** @param {ts.Node} node */
function escapeIn(node) {
  if (ts.isNonNullExpression(node)) return '`!`';
  if (ts.isVariableDeclaration(node) && node.exclamationToken !== undefined) return '`!`';
  if (!ts.isAsExpression(node) || ts.isConstTypeReference(node.type)) return '';
  return isTypeCarrier(node) ? '' : '`as`';
}

/**
 * `types: { context: {} as Context }` is how XState's setup takes types; nothing is claimed about a value.
 * @param {ts.AsExpression} node
 */
function isTypeCarrier(node) {
  const holder = node.parent.parent?.parent;
  return holder !== undefined && ts.isPropertyAssignment(holder) && holder.name.getText() === 'types';
}

/**
 * @param {ts.Node} node
 * @returns {ts.Node[]}
 */
function descendants(node) {
  return children(node).flatMap((child) => [child, ...descendants(child)]);
}

/** @param {ts.Node} node */
function children(node) {
  /** @type {ts.Node[]} */
  const found = [];
  ts.forEachChild(node, (child) => void found.push(child));
  return found;
}

/**
 * @param {ts.SourceFile} tree
 * @param {ts.Node} node
 */
function lineSpan(tree, node) {
  return lineOf(tree, node.getEnd()) - lineOf(tree, node.getStart()) + 1;
}

/**
 * @param {ts.SourceFile} tree
 * @param {number} position
 */
function lineOf(tree, position) {
  return tree.getLineAndCharacterOfPosition(position).line;
}
