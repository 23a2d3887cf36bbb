// For whom is a call made, and how sure is the agent of it? What the gateway was told for all calls, else what the call says of itself.

import { isJsonObject, own, type JsonObject } from "../lib/domain/json-object.ts";

/** Both are what the agent's side says; Holdpoint has no proof of them. */
export interface Subject {
  user: string | null;
  segment: string | null;
}

export interface Behalf extends Subject {
  /** 0 to 1. */
  confidence: number | null;
}

/** As the gate takes them. */
export const MOST_NAME = 300;

const nameIn = (meta: JsonObject, name: string): string | null => {
  const value = own(meta, name);
  return typeof value === "string" && value !== "" && value.length <= MOST_NAME ? value : null;
};

/** Of the gateway's own no call can talk itself out. What a call says in another form than it must be is not said. */
export function behalfIn(params: JsonObject, ofGateway: Subject): Behalf {
  const given = own(params, "_meta");
  const meta = isJsonObject(given) ? given : {};
  const confidence = own(meta, "holdpoint/confidence");
  return {
    user: ofGateway.user ?? nameIn(meta, "holdpoint/user"), segment: ofGateway.segment ?? nameIn(meta, "holdpoint/segment"),
    confidence: typeof confidence === "number" && confidence >= 0 && confidence <= 1 ? confidence : null,
  };
}
