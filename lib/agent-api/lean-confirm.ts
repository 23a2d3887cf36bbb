// How are a thousand confirmations answered in the same moment? Straight on node:http, when they are as a point sends them.

import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isPointToken } from "../auth/point-token.ts";
import { logger } from "../logger.ts";
import { metrics } from "../metrics-registry.ts";
import { requireSomewhere } from "./authenticate.ts";
import { HttpRefusal } from "./http-refusal.ts";
import { answerPoint, authenticatePoint, confirmation, confirmRoute, tokenIn } from "./points-routes.ts";
import { refusalAnswer } from "./refusal-answer.ts";

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

/** A confirmation is a bundle and little more; what is longer takes the long way, and is refused there. */
const MOST_BYTES = 2_000_000;

const label = `POST ${confirmRoute.path}`;

/** After a stop the processor is what all points wait for: the router's requests, responses and headers cost more than the answer itself. */
export function leanConfirm(others: Listener): Listener {
  return (incoming, outgoing) => (isPlain(incoming) ? answer(incoming, outgoing) : others(incoming, outgoing));
}

/** Whatever is out of the ordinary is the router's, which answers the same route. */
function isPlain({ method, url, headers }: IncomingMessage): boolean {
  return method === "POST" && url === confirmRoute.path && headers["content-type"] === "application/json" && headers["content-encoding"] === undefined
    && Number(headers["content-length"]) <= MOST_BYTES && headers["x-request-id"] === undefined && isPointToken(tokenIn(headers.authorization ?? null));
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const startedMs = performance.now();
  const requestId = randomUUID();
  let [status, text, more] = [200, "", {}];
  try {
    text = JSON.stringify(await perform(incoming));
  } catch (error) {
    const { status: refused, code, message, fields, id, headers } = refusalAnswer(error, requestId);
    [status, text, more] = [refused, JSON.stringify({ error: code, message, fields, id }), headers];
  }
  outgoing.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text), "x-request-id": requestId, ...more }).end(text);
  const seconds = (performance.now() - startedMs) / 1_000;
  metrics().httpRequests.inc({ route: label, status: String(status) });
  metrics().httpSeconds.observe({ route: label }, seconds);
  logger().debug({ requestId, route: label, status, ms: Math.round(seconds * 1e5) / 100 }, "answered");
}

async function perform(incoming: IncomingMessage): Promise<{ leaseMs: number; isBehind: boolean }> {
  const now = new Date();
  const authorization = incoming.headers.authorization ?? null;
  const actor = await authenticatePoint(authorization, now);
  if (confirmRoute.needs !== "nothing") requireSomewhere(actor, confirmRoute.needs);
  return answerPoint({ actor, authorization, body: confirmation.parse(parse(await readText(incoming))), now });
}

/** Its length was announced, and node:http passes on no more than that. */
function readText(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => resolve((parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)).toString("utf8")));
    incoming.on("error", () => reject(new HttpRefusal(400, "bad_input", "The body ended before it was complete.")));
  });
}

function parse(text: string): unknown {
  // Only who names itself says something that is stored, and that takes the long way; an escaped NUL is refused all the same.
  if (text.includes("\\u0000")) throw new HttpRefusal(400, "bad_input", "A text in the body holds a NUL character, which cannot be stored.");
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpRefusal(400, "bad_input", "The body is not valid JSON.");
  }
}
