// Which parts of what an agent sent may nobody read on a screen? Values that look like keys, and values whose name says that they are.

const MASK = "••••••";

/** A name that says its value opens something, however it is written: `apiKey`, `api_key`, `X-Api-Key`. */
const SECRET_NAME = /^(?:.*_)?(?:password|passwd|passphrase|pwd|secret|client_?secret|api_?key|access_?key|private_?key|access_?token|refresh_?token|id_?token|auth_?token|session_?token|bearer|authorization|cookie|set_?cookie|credentials?)$/i;

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
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]{1,100}:[^\s/@]{1,200}@/gi,
];

const DEEPEST = 40;

export interface Masked {
  value: unknown;
  /** How many values were masked. */
  count: number;
}

/** Works on anything that JSON can say. What is nested too deeply to look through is masked as a whole. */
export function maskSecrets(value: unknown): Masked {
  let count = 0;

  const maskText = (text: string): string =>
    SECRET_FORMS.reduce((done, form) => done.replace(form, (found) => {
      count += 1;
      return `${found.slice(0, 4)}${MASK}`;
    }), text);

  const walk = (node: unknown, depth: number): unknown => {
    if (typeof node === "string") return maskText(node);
    if (typeof node !== "object" || node === null) return node;
    if (depth >= DEEPEST) {
      count += 1;
      return MASK;
    }
    if (Array.isArray(node)) return node.map((item) => walk(item, depth + 1));
    return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, isSecretName(name) && isWorthMasking(item) ? hide() : walk(item, depth + 1)]));
  };

  const hide = (): string => {
    count += 1;
    return MASK;
  };

  return { value: walk(value, 0), count };
}

/** Camel case is written with separators first, so that `maxTokens` and `keyboard` are not taken for secrets. */
const isSecretName = (name: string): boolean => SECRET_NAME.test(name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[-.\s]+/g, "_"));

const isWorthMasking = (value: unknown): boolean => (typeof value === "string" ? value.trim() !== "" : typeof value === "number" || (typeof value === "object" && value !== null));
