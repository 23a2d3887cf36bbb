// `node sdk/build.ts`: the SDK as one file without dependencies, and its types as another. For whoever does not run TypeScript, from Node 20 on.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import ts from "typescript";

const ROOT = path.dirname(fileURLToPath(import.meta.url));
const ENTRY = path.join(ROOT, "src/enforcement-point.ts");

export async function buildSdk(dist = path.join(ROOT, "dist")): Promise<string> {
  fs.mkdirSync(dist, { recursive: true });
  const bundle = await rolldown({
    input: ENTRY, platform: "node", logLevel: "warn",
    // What a schema is made of has no effect on anything else: what the SDK does not read stays out.
    treeshake: { moduleSideEffects: false, manualPureFunctions: ["z", "object", "json", "name", "uniqueNames"] },
  });
  const file = path.join(dist, "holdpoint-sdk.js");
  await bundle.write({ file, format: "esm", minify: { compress: true, mangle: false, codegen: true }, codeSplitting: false });
  await bundle.close();
  fs.writeFileSync(path.join(dist, "holdpoint-sdk.d.ts"), declarations());
  return file;
}

/** What the entry exports, and what that mentions, as one file that imports nothing. */
function declarations(): string {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, types: ["node"],
    allowImportingTsExtensions: true, declaration: true, emitDeclarationOnly: true, noEmitOnError: true, removeComments: false,
  };
  const program = ts.createProgram([ENTRY], options);
  const checker = program.getTypeChecker();
  const entry = program.getSourceFile(ENTRY);
  const exported = entry && checker.getSymbolAtLocation(entry);
  if (!exported) throw new Error("The entry of the SDK exports nothing.");
  const emitted = emittedBy(program);
  const kept = new Map<string, string>();
  const waiting = checker.getExportsOfModule(exported).map(({ name }) => name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const statement = emitted.get(name);
    if (!statement || kept.has(name)) continue;
    kept.set(name, flat(name, statement, checker, program));
    waiting.push(...mentionedIn(kept.get(name) ?? ""));
  }
  return `${[...kept.values()].join("\n")}\n`;
}

/** By name: the declarations of the SDK's own files, and of what it takes from lib/domain. */
function emittedBy(program: ts.Program): Map<string, string> {
  const statements = new Map<string, string>();
  const { diagnostics, emitSkipped } = program.emit(undefined, (fileName, text) => {
    if (!fileName.endsWith(".d.ts")) return;
    const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2024, true);
    for (const statement of source.statements) for (const name of namesOf(statement)) statements.set(name, statement.getFullText().trim());
  });
  if (emitSkipped) throw new Error(ts.formatDiagnostics([...diagnostics, ...ts.getPreEmitDiagnostics(program)], { getCanonicalFileName: (name) => name, getCurrentDirectory: () => ROOT, getNewLine: () => "\n" }));
  return statements;
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) || ts.isClassDeclaration(statement)) return statement.name ? [statement.name.text] : [];
  return [];
}

/** A type that is read off a value or a schema is written out, so that neither has to be there. */
function flat(name: string, statement: string, checker: ts.TypeChecker, program: ts.Program): string {
  if (!/\btypeof\b|\bz\.infer\b/.test(statement)) return statement;
  for (const source of program.getSourceFiles()) {
    for (const node of source.isDeclarationFile ? [] : source.statements) {
      if (!ts.isTypeAliasDeclaration(node) || node.name.text !== name) continue;
      const type = checker.getTypeAtLocation(node.name);
      const flags = ts.TypeFormatFlags.InTypeAlias | ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType;
      return `export type ${name} = ${checker.typeToString(type, node, flags).replaceAll("'", '"')};`;
    }
  }
  throw new Error(`The type ${name} cannot be written out.`);
}

function mentionedIn(statement: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("one.d.ts", statement, ts.ScriptTarget.ES2024, true));
  return names;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await buildSdk()}\n`);
