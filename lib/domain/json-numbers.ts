// Does this JSON hold a number that would be another one once it is read?

/** TypeScript does not know the source text of a number yet. */
const parseWithSource = JSON.parse as (text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown) => unknown;

/** Up to 15 digits without an exponent always come through. */
const MAY_BE_INEXACT = /(?:\d\.?){16}|\d[eE]|\d\.\d*[eE]/;
const digitsOf = (number: string): string => number.replace(/[eE].*$/, "").replace(/[-+.]/g, "").replace(/^0+|0+$/g, "");

/** What is decided, approved and carried out must be the number that was sent. Where the engine does not show what was sent, it counts as another. Throws for what is no JSON. */
export function hasInexactNumber(text: string): boolean {
  if (!MAY_BE_INEXACT.test(text)) return false;
  let isInexact = false;
  parseWithSource(text, (_, value, context) => {
    const source = context?.source;
    if (typeof value === "number" && (source === undefined || !Number.isFinite(value) || digitsOf(String(value)) !== digitsOf(source))) isInexact = true;
    return null;
  });
  return isInexact;
}
