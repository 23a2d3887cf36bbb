// Are these exactly the arguments that were decided about?

import { digestOf } from "./fingerprint.ts";
import type { Json } from "./manifest.ts";

/** `sha256:` and 64 hex digits over the RFC 8785 canonical form; throws for what JSON cannot express. */
export const inputDigest = (input: Json): string => digestOf(input);
