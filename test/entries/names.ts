/** Which types the declarations of some files use and do not export: whoever imports them could not name these. */
import { relative, resolve } from 'node:path';
import ts from 'typescript';

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
};

/** A program of the files, and what each of them exports. */
export interface Declared {
  /** Names of all exports, and of those that are there at run time. */
  exportsOf(path: string): readonly ts.Symbol[];
  /** As `name (file)`. `companions` are imported beside it, and name the rest. */
  unnamedIn(path: string, companions: readonly string[]): string[];
}

export function readDeclarations(paths: readonly string[]): Declared {
  const root = resolve('dist');
  const program = ts.createProgram([...paths], OPTIONS);
  const checker = program.getTypeChecker();
  const original = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

  function exportsOf(path: string): readonly ts.Symbol[] {
    const file = program.getSourceFile(path);
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${path} is no module`);
    return checker.getExportsOfModule(module);
  }

  /** The types that a declaration names, as far as they are declared in the package. */
  function typesIn(node: ts.Node): ts.Symbol[] {
    const named = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : ts.isImportTypeNode(node)
          ? node.qualifier
          : undefined;
    const symbol = named && checker.getSymbolAtLocation(named);
    const inner: ts.Symbol[] = [];
    ts.forEachChild(node, (child) => void inner.push(...typesIn(child)));
    return symbol === undefined ? inner : [original(symbol), ...inner];
  }

  return {
    exportsOf,
    unnamedIn(path, companions) {
      const known = new Set([path, ...companions].flatMap(exportsOf).map(original));
      const isOurs = ({ declarations: [first] = [] }: ts.Symbol): boolean =>
        first !== undefined && !ts.isTypeParameterDeclaration(first) && first.getSourceFile().fileName.startsWith(root);
      const used = exportsOf(path)
        .map(original)
        .filter(isOurs)
        .flatMap(({ declarations = [] }) => declarations.flatMap(typesIn));
      return used
        .filter((symbol) => isOurs(symbol) && !known.has(symbol))
        .map(
          (symbol) => `${symbol.name} (${relative(root, symbol.declarations?.[0]?.getSourceFile().fileName ?? '')})`,
        );
    },
  };
}
