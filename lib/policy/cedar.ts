// How is the policy engine asked, so that whatever goes wrong inside it is an answer and never an exception?

import * as engine from "@cedar-policy/cedar-wasm/nodejs";

export type { CedarValueJson, Context, DetailedError, PolicyJson, SchemaJson, Type, TypeOfAttribute } from "@cedar-policy/cedar-wasm/nodejs";

/**
 * Null when the engine threw: it does for text that is no Unicode and for numbers that it cannot read, and, once its stack has run over, for
 * every question until the process ends. Whoever asks must take null for a refusal.
 */
export function askEngine<Answer>(question: (cedar: typeof engine) => Answer): Answer | null {
  try {
    return question(engine);
  } catch {
    return null;
  }
}
