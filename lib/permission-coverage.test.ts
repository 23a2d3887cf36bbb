import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const APP = path.resolve("app");
const files = fs.readdirSync(APP, { recursive: true, encoding: "utf8" }).map((file) => file.split(path.sep).join("/"));
const parse = (file: string) => ts.createSourceFile(file, fs.readFileSync(path.join(APP, file), "utf8"), ts.ScriptTarget.Latest, true);
const isExported = (node: ts.Node): boolean => ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false);

/** Doors that are open on purpose: strangers must be able to knock. */
const PUBLIC_ACTIONS = new Set(["(auth)/sign-in/actions.ts", "(auth)/sign-out/actions.ts", "(auth)/first-run/actions.ts"]);
const PUBLIC_ROUTES = new Set(["api/auth/[...nextauth]/route.ts"]);

/** What only reads asks for session and permission. What changes something asks for the origin as well, so that no other site sends it. */
const READING_LOCKS = ["consoleRoute", "plainPage"];
const CHANGING_LOCKS = ["plainForm"];
/** A draft that was typed is too long for an address: `serverReading` asks for session, origin and permission, and changes nothing. */
const ACTION_LOCKS = ["serverAction", "serverReading"];

const calls = (node: ts.Node, callee: string): boolean => {
  let isFound = false;
  const visit = (child: ts.Node): void => {
    if (ts.isCallExpression(child) && ts.isIdentifier(child.expression) && child.expression.text === callee) isFound = true;
    ts.forEachChild(child, visit);
  };
  visit(node);
  return isFound;
};

/** Names declared as `const x = serverAction(…)` or `consoleRoute(…)`. */
function wrapped(source: ts.SourceFile, wrapper: string): Set<string> {
  const names = new Set<string>();
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const declaration of statement.declarationList.declarations) {
      if (declaration.initializer && ts.isIdentifier(declaration.name) && calls(declaration.initializer, wrapper)) names.add(declaration.name.text);
    }
  }
  return names;
}

function exportedFunctions(source: ts.SourceFile): { name: string; node: ts.Node }[] {
  return source.statements.flatMap((statement) => {
    if (!isExported(statement)) return [];
    if (ts.isFunctionDeclaration(statement) && statement.name) return [{ name: statement.name.text, node: statement as ts.Node }];
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map((declaration) => ({ name: declaration.name.getText(), node: declaration as ts.Node }));
    return [];
  });
}

function goesThrough(source: ts.SourceFile, name: string, node: ts.Node, lock: string): boolean {
  const locked = wrapped(source, lock);
  return locked.has(name) || calls(node, lock) || [...locked].some((wrapper) => calls(node, wrapper));
}

describe("every door has a lock", () => {
  const actionFiles = files.filter((file) => /\.tsx?$/.test(file) && fs.readFileSync(path.join(APP, file), "utf8").includes('"use server"'));
  const routeFiles = files.filter((file) => file.endsWith("route.ts"));

  test("there are server actions and routes to look at", () => {
    expect(actionFiles.length).toBeGreaterThan(3);
    expect(routeFiles.length).toBeGreaterThan(3);
  });

  test.each(actionFiles.filter((file) => !PUBLIC_ACTIONS.has(file)))("server actions of %s go through serverAction or serverReading", (file) => {
    const source = parse(file);
    const open = exportedFunctions(source).filter(({ name, node }) => !ACTION_LOCKS.some((lock) => goesThrough(source, name, node, lock)));
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  test.each(routeFiles.filter((file) => !PUBLIC_ROUTES.has(file)))("the route %s reads through consoleRoute or plainPage and changes through plainForm", (file) => {
    const source = parse(file);
    const open = exportedFunctions(source).filter(({ name, node }) => {
      const locks = name === "GET" ? READING_LOCKS : /^(POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/.test(name) ? CHANGING_LOCKS : null;
      return locks !== null && !locks.some((lock) => goesThrough(source, name, node, lock));
    });
    expect(open.map(({ name }) => name)).toEqual([]);
  });
});
