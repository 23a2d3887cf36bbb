// Which parts of what an agent sent may nobody read on a screen? Values that look like keys, and values whose name says that they are. That something is hidden, and how long it is, is always told.

const MASK = "••••••";

/** A name that says its value opens something, however it is written: `apiKey`, `api_key`, `X-Api-Key`. */
const SECRET_NAME = /^(?:.*_)?(?:password|passwd|passphrase|pwd|secret|client_?secret|api_?key|access_?key|private_?key|access_?token|refresh_?token|id_?token|auth_?token|session_?token|bearer|authorization|cookie|set_?cookie|credentials?)$/i;

/** Between the lines of a key, however the text that holds it was wrapped or quoted. */
const LINE_END = String.raw`(?:[\s"',>|]|\\+[rn])+`;
/** Its lines only: words that merely stand below the head of a key are no key, and whoever decides reads them. */
const PRIVATE_KEY = [
  "-----BEGIN [A-Z ]*PRIVATE KEY-----", String.raw`(?:${LINE_END}(?:Proc-Type|DEK-Info): [\w,-]+)*`, `(?:${LINE_END}[A-Za-z0-9+/=]{16,})*`, `(?:${LINE_END}[A-Za-z0-9+/=]{1,15}(?![A-Za-z0-9+/=]))?`,
  `(?:(?:${LINE_END})?-----END [A-Z ]*PRIVATE KEY-----)?`,
].join("");

/** Forms that are secrets wherever they stand. Each keeps its first characters, so that a person can tell which one it was. */
const SECRET_FORMS: readonly RegExp[] = [
  /\b(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)?[-_]?[A-Za-z0-9_-]{16,}/g,
  /\bhp_[\w-]{43}/g,
  /\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}|\bgithub_pat_\w{40,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[\w-]{35}/g,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g,
  /\bBearer\s+[\w.~+/-]{16,}=*/gi,
  new RegExp(PRIVATE_KEY, "g"),
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]{1,100}:[^\s/@]{1,200}@/gi,
];

const DEEPEST = 40;

export interface Masked {
  value: unknown;
  /** How many values were masked. */
  count: number;
}

/**
 * Works on anything that JSON can say. What is nested too deeply to look through is masked as a whole; under a name that is secret, the texts at any
 * depth and a number that stands there itself, so that a list or an object hides nothing else.
 */
export function maskSecrets(value: unknown, isSecret: (name: string) => boolean = isSecretName): Masked {
  let count = 0;

  const hide = (what: string, start = ""): string => {
    count += 1;
    return `${start}${MASK} (${what} hidden)`;
  };

  const maskText = (text: string): string => SECRET_FORMS.reduce((done, form) => done.replace(form, (found) => hide(lengthOf(found), found.slice(0, 4))), text);

  const walk = (node: unknown, depth: number, isUnderSecret: boolean): unknown => {
    if (typeof node === "string") return isUnderSecret && node.trim() !== "" ? hide(lengthOf(node)) : maskText(node);
    if (typeof node !== "object" || node === null) return node;
    if (depth >= DEEPEST) return hide("nested too deeply,");
    if (Array.isArray(node)) return node.map((item) => walk(item, depth + 1, isUnderSecret));
    return Object.fromEntries(Object.entries(node).map(([name, item]) => {
      const isNamed = isSecret(name);
      return [name, isNamed && typeof item === "number" ? hide("a number") : walk(item, depth + 1, isUnderSecret || isNamed)];
    }));
  };

  return { value: walk(value, 0, false), count };
}

const lengthOf = (text: string): string => (text.length === 1 ? "1 character" : `${text.length} characters`);

/** Camel case is written with separators first, so that `maxTokens` and `keyboard` are not taken for secrets. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[-.\s]+/g, "_"));
