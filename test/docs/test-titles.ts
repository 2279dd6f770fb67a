/** The titles of the tests in a file, as its source has them; those that are skipped do not count. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** `path` is below `test`. */
export function readTestTitles(path: string): readonly string[] {
  const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const titles: string[] = [];
  function look(node: ts.Node): void {
    if (ts.isCallExpression(node)) {
      const callee = node.expression.getText();
      if (/^(describe|it)\.(skip|todo)\b/.test(callee)) return;
      const [title] = node.arguments;
      if (/^it\b/.test(callee) && title !== undefined && ts.isStringLiteralLike(title)) titles.push(title.text);
    }
    ts.forEachChild(node, look);
  }
  look(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true));
  return titles;
}
