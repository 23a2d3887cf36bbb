// Under which key is something kept whose name others chose? Under its own, or its digest's when it is too long for an index.

import { createHash } from "node:crypto";

const LONGEST_BYTES = 300;

export const shortKey = (name: string): string => (Buffer.byteLength(name) <= LONGEST_BYTES ? name : `sha256:${createHash("sha256").update(name).digest("hex")}`);
