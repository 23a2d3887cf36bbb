// Which headers go on to the other side, and do they say what the message says?

import type { IncomingHttpHeaders } from "node:http";
import { own, type JsonObject } from "../lib/domain/json-object.ts";
import { MODERN_REVISION, revisionOf } from "./client-traits.ts";
import type { Notification, Request } from "./json-rpc.ts";

/** Of one connection, or about the bytes of one body; no compression, because answers are read on their way. */
const OF_THE_HOP = new Set([
  "host", "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "content-encoding", "accept-encoding", "expect",
]);

export function passedOn(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined || OF_THE_HOP.has(name) ? [] : [[name, value]])));
}

/** A page in a browser must not reach a gateway on its user's machine. */
export function isFromElsewhere({ origin, host }: IncomingHttpHeaders): boolean {
  const isLocal = (name: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(name);
  const nameOf = (address: string): string => (URL.canParse(address) ? new URL(address).hostname : "");
  return !isLocal(nameOf(`http://${host ?? ""}`)) || (origin !== undefined && !isLocal(nameOf(origin)));
}

function decoded(value: string): string {
  const encoded = /^=\?base64\?([A-Za-z0-9+/=]*)\?=$/.exec(value)?.[1];
  return encoded === undefined ? value : Buffer.from(encoded, "base64").toString("utf8");
}

/** For a request in the place of the client's: of the later revision they name what it is about. */
export function headersNaming(headers: IncomingHttpHeaders, method: string, name: string): IncomingHttpHeaders {
  if (headers["mcp-method"] === undefined) return headers;
  return { ...headers, "mcp-method": method, "mcp-name": /^[!-~]+$/.test(name) && decoded(name) === name ? name : `=?base64?${Buffer.from(name, "utf8").toString("base64")}?=` };
}

/** Null when they do. Whoever decides by the headers and whoever decides by the message must not see two different calls. */
export function headerMismatch(headers: IncomingHttpHeaders, { method, params }: Pick<Request | Notification, "method" | "params">): string | null {
  const [version, said] = [revisionOf(params), headers["mcp-protocol-version"]];
  const isModernBySaying = typeof said === "string" && /^\d{4}-\d{2}-\d{2}$/.test(said) && said >= MODERN_REVISION;
  if (version === null && !isModernBySaying) return null;
  if (version !== said) return "The header MCP-Protocol-Version is not the version in the message.";
  if (headers["mcp-method"] !== method) return "The header Mcp-Method is not the method in the message.";
  const name = headers["mcp-name"];
  return method === "tools/call" && decoded(typeof name === "string" ? name : "") !== nameIn(params) ? "The header Mcp-Name is not the name in the message." : null;
}

const nameIn = (params: JsonObject): string => {
  const name = own(params, "name");
  return typeof name === "string" ? name : "";
};
