// What would this call do, in one sentence?

import { isJsonObject } from "./json-object.ts";
import { maskSecrets } from "./mask-secrets.ts";
import { quoted, shortValue } from "./quote.ts";
import { isSecretArgument } from "./secret-argument.ts";

export interface ToolCall {
  tool: string;
  /** Null: too long to be read here. */
  input: unknown;
  /** Written out: "120.00 EUR". */
  amount: string | null;
}

const SHOWN = 3;
/** Said by the amount already. */
const OF_AMOUNT = /^(?:amount|amount_?minor|currency)$/i;

/** "`refund_create` of 120.00 EUR: order `5512`, customer `cust_81`". Names and values come from outside and stand in backticks; what is secret is only counted. */
export function effectSentence({ tool, input, amount }: ToolCall): string {
  const head = amount === null ? quoted(tool) : `${quoted(tool)} of ${amount}`;
  if (!isJsonObject(input)) return input === null || input === undefined ? head : `${head}: ${asCode(maskSecrets(input).value)}`;
  const all = Object.entries(input).filter(([name, member]) => member !== null && (amount === null || !OF_AMOUNT.test(name)));
  const members = all.filter(([name, member]) => !isSecretArgument(name, member));
  // What is short names the record. A text could speak to whoever reads the headline, so it stands there only when nothing else does.
  const short = members.filter(([, member]) => isShort(member));
  const shown = (short.length > 0 ? [...short.filter(isName), ...short.filter((member) => !isName(member))] : members).slice(0, SHOWN).map(([name, member]) => `${plain(name)} ${asCode(member)}`);
  const [rest, hidden] = [members.length - shown.length, all.length - members.length];
  const parts = [...shown, ...(rest === 0 ? [] : [`${rest} more`]), ...(hidden === 0 ? [] : [`${hidden} hidden`])];
  return parts.length === 0 ? head : `${head}: ${parts.join(", ")}`;
}

const isShort = (value: unknown): boolean => typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && value.length <= 40);

/** "5512", not "did not fit": what has no blank in it names something, wherever among the arguments it stands. */
const isName = ([, value]: [string, unknown]): boolean => typeof value !== "string" || !/\s/.test(value);

const asCode = (value: unknown): string => `\`${shortValue(value)}\``;

/** An argument's name as a word where it is one. */
const plain = (name: string): string => (/^[a-z][a-z0-9_]{0,40}$/i.test(name) ? name.replaceAll("_", " ") : quoted(name));
