// How is a question answered that thousands ask in the same moment? By its route as ever, but straight on node:http, when it comes as it always comes.

import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpRefusal } from "./http-refusal.ts";
import { isJson, type LeanRoute } from "./route.ts";

export type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

/** No question is longer than a point's bundle and little more. What is longer takes the long way, which counts while it reads. */
const MOST_BYTES = 2_000_000;
/** Such as the router takes without a look; whatever else stands there, it judges. */
const PLAIN_HOST = /^[a-z0-9._-]+(?::(?:[1-5]\d{3,4}|[6-9]\d{3}))?$/;

const none = (): undefined => undefined;

/** Whatever is out of the ordinary is for `others`, which answer the same routes. */
export function leanListener(routes: readonly LeanRoute[], others: Listener): Listener {
  const byPath = new Map(routes.map((route) => [route.path, route]));
  return (incoming, outgoing) => {
    const route = incoming.method === "POST" ? byPath.get(incoming.url ?? "") : undefined;
    return route !== undefined && isPlain(incoming) ? answer(route, incoming, outgoing) : others(incoming, outgoing);
  };
}

function isPlain({ headers, rawHeaders }: IncomingMessage): boolean {
  return isJson(headers["content-type"] ?? null) && headers["content-encoding"] === undefined && Number(headers["content-length"]) <= MOST_BYTES && PLAIN_HOST.test(headers.host ?? "")
    // Of a header that comes twice node:http may read the first and the router both.
    && Object.keys(headers).length * 2 === rawHeaders.length;
}

function answer(route: LeanRoute, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const headers = { get: (name: string) => textOf(incoming.headers[name.toLowerCase()]) };
  return route.answer({ headers, params: none, query: none, text: () => readText(incoming), source: { headers, incoming, body: null }, outgoing }, ({ status, body }, more) => {
    const text = JSON.stringify(body);
    outgoing.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text), ...more }).end(text);
  });
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Its length was announced, and node:http passes on no more than that. */
function readText(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => resolve((parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)).toString("utf8")));
    incoming.on("error", () => reject(new HttpRefusal(400, "bad_input", "The body ended before it was complete.")));
  });
}
