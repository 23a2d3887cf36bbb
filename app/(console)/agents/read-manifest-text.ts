import { LineCounter, parseDocument, type Document } from "yaml";
import { manifestSchema, type Manifest } from "@/lib/domain/manifest.ts";

/** Larger ones come through the API: a form must stay below the size that the server takes from a browser. */
export const MAX_MANIFEST_BYTES = 900_000;
const MOST_PROBLEMS = 20;

export type ManifestReading = { ok: true; manifest: Manifest } | { ok: false; problems: string[] };

const failed = (...problems: string[]): ManifestReading => ({ ok: false, problems: problems.slice(0, MOST_PROBLEMS) });

/**
 * JSON or YAML 1.2 with the core schema: no custom tags, no duplicate keys, and aliases only as far as they do not blow up. Every problem
 * names its line.
 */
export function readManifestText(text: string): ManifestReading {
  if (text.trim() === "") return failed("The manifest is empty.");
  if (Buffer.byteLength(text) > MAX_MANIFEST_BYTES) return failed(`The manifest is larger than ${MAX_MANIFEST_BYTES / 1000} kB. Register it through the API.`);
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", schema: "core", strict: true, uniqueKeys: true, lineCounter: lines, prettyErrors: false });
  // A tag that is not known is only a warning there; here it is refused, for what it would become is not what was written.
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) return failed(...syntax.map((error) => `Line ${lines.linePos(error.pos[0]).line}: ${error.message}.`.replace(/\.\.$/, ".")));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return failed(`The aliases of this document cannot be followed: ${error instanceof Error ? error.message : "too many of them"}.`);
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return { ok: true, manifest: parsed.data };
  return failed(...parsed.error.issues.map((issue) => `${placeOf(document, lines, issue.path)}: ${issue.message}.`.replace(/\.\.$/, ".")));
}

/** "Line 12, tools.3.effect"; for what is missing, the line of what it is missing from. */
function placeOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): string {
  const keys = path.map((key) => (typeof key === "number" ? key : String(key)));
  const name = keys.length === 0 ? "the manifest" : keys.join(".");
  for (let length = keys.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(keys.slice(0, length), true);
    const start = (node as { range?: readonly number[] | null } | null | undefined)?.range?.[0];
    if (start !== undefined) return `Line ${lines.linePos(start).line}, ${name}`;
  }
  return name;
}
