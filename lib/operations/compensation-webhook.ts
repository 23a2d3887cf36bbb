// Does the other system take back what was done? A request signed as Standard Webhooks asks, to no address inside this house.

import { createHmac } from "node:crypto";
import { lookup } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { BlockList, isIP } from "node:net";
import { derivedKey } from "../auth/derived-key.ts";

export interface WebhookCall {
  url: string;
  /** The same for every attempt, so that the receiver can tell a repetition. */
  id: string;
  agentId: string;
  type: string;
  /** Of Holdpoint, as the event names its source. */
  source: string;
  data: Record<string, unknown>;
  isDryRun: boolean;
}

export type WebhookAnswer = { ok: true; status: number; body: string } | { ok: false; status: number | null; sentence: string };

export const WEBHOOK_TIMEOUT_MS = 10_000;
const MOST_ANSWER_BYTES = 4_000;

/** What is not the open internet (IANA special-purpose registries): loopback, private, link-local, shared, multicast, reserved, and tunnels to them. Two lists, because one takes every IPv4 address for a mapped one. */
const [INSIDE_V4, INSIDE_V6] = [new BlockList(), new BlockList()];
for (const [net, prefix] of [["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12], ["192.0.0.0", 24], ["192.168.0.0", 16], ["198.18.0.0", 15], ["224.0.0.0", 4], ["240.0.0.0", 4]] as const) INSIDE_V4.addSubnet(net, prefix, "ipv4");
for (const [net, prefix] of [["::", 128], ["::1", 128], ["::ffff:0:0", 96], ["64:ff9b::", 96], ["64:ff9b:1::", 48], ["100::", 64], ["2001::", 32], ["2002::", 16], ["fc00::", 7], ["fe80::", 10], ["fec0::", 10], ["ff00::", 8]] as const) INSIDE_V6.addSubnet(net, prefix, "ipv6");

export const isInside = (address: string): boolean => {
  const family = isIP(address);
  return family === 0 || (family === 6 ? INSIDE_V6.check(address, "ipv6") : INSIDE_V4.check(address, "ipv4"));
};

/** `whsec_…`, to be set where the hook is received; one for each agent. */
export const webhookSecret = (agentId: string): string => `whsec_${keyOf(agentId).toString("base64")}`;

const keyOf = (agentId: string): Buffer => createHmac("sha256", derivedKey("compensation webhooks")).update(agentId).digest();

export function signWebhook({ agentId, id }: Pick<WebhookCall, "agentId" | "id">, timestampS: number, body: string): string {
  return `v1,${createHmac("sha256", keyOf(agentId)).update(`${id}.${timestampS}.${body}`).digest("base64")}`;
}

interface Address {
  address: string;
  family: number;
}

const isAllowed = ({ hostname, host }: URL, allowed: readonly string[]): boolean => allowed.some((each) => each === hostname || each === host);

/** Every address of the name is looked at: one that is inside is enough to refuse. */
async function addressOf(url: URL, allowed: readonly string[]): Promise<Address | string> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  const found = family > 0 ? [{ address: host, family }] : await lookup(host, { all: true, verbatim: true }).catch(() => []);
  const [first] = found;
  if (!first) return "Its host has no address.";
  if (!isAllowed(url, allowed) && found.some(({ address }) => isInside(address))) return "Its address is inside this network, and its host is not among those that HOLDPOINT_WEBHOOK_ALLOW lists.";
  return first;
}

/** Never throws. The address that was checked is the one that is connected to, and no redirect is followed. */
export async function sendWebhook(call: WebhookCall, allowed: readonly string[], now: Date, timeoutMs = WEBHOOK_TIMEOUT_MS): Promise<WebhookAnswer> {
  const url = URL.canParse(call.url) ? new URL(call.url) : null;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:") || url.username !== "" || url.password !== "") return { ok: false, status: null, sentence: "Its address is none for a hook." };
  const address = await addressOf(url, allowed);
  if (typeof address === "string") return { ok: false, status: null, sentence: address };
  const { id, type, source, agentId, data, isDryRun } = call;
  const body = JSON.stringify({ specversion: "1.0", id, source, type, time: now.toISOString(), timestamp: now.toISOString(), subject: agentId, datacontenttype: "application/json", data: { ...data, dryRun: isDryRun } });
  const timestampS = Math.floor(now.getTime() / 1_000);
  const headers = {
    "content-type": "application/json", "content-length": String(Buffer.byteLength(body)), "user-agent": "Holdpoint", "webhook-id": id, "webhook-timestamp": String(timestampS),
    "webhook-signature": signWebhook(call, timestampS, body), ...(isDryRun ? { "holdpoint-dry-run": "true" } : {}),
  };
  return post(url, address, { headers, body, timeoutMs });
}

interface Sent {
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
}

function post(url: URL, { address, family }: Address, { headers, body, timeoutMs }: Sent): Promise<WebhookAnswer> {
  return new Promise((resolve) => {
    const secure = url.protocol === "https:";
    const signal = AbortSignal.timeout(timeoutMs);
    const failed = () => resolve({ ok: false, status: null, sentence: signal.aborted ? `It did not answer within ${Math.round(timeoutMs / 1_000)} seconds.` : "It could not be reached." });
    const request = (secure ? https : http).request(url, {
      method: "POST", headers, signal, agent: false,
      lookup: (_host, options, callback) => (options.all ? callback(null, [{ address, family }]) : callback(null, address, family)),
    }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("error", failed).on("data", (part: string) => {
        if (text.length < MOST_ANSWER_BYTES) text += part;
      });
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve({ ok: true, status, body: text.slice(0, MOST_ANSWER_BYTES).toWellFormed().replaceAll("\u0000", "") });
        else resolve({ ok: false, status, sentence: status >= 300 && status < 400 ? `It answered ${status}; redirects are not followed.` : `It answered ${status}.` });
      });
    });
    request.on("error", failed);
    request.end(body);
  });
}
