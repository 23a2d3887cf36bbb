import { createHmac, timingSafeEqual } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { NotFound, NotPermitted } from "../errors.ts";
import { makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { rehearseHook } from "./rehearse-hook.ts";
import { revealWebhookSecret } from "./webhook-secret.ts";

useDatabase();

const TOLERANCE_S = 300;

/** As https://www.standardwebhooks.com tells a receiver to check, knowing nothing but the secret. */
function isGenuine(secret: string, headers: http.IncomingHttpHeaders, body: string): boolean {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => String(headers[name]));
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > TOLERANCE_S) return false;
  const expected = createHmac("sha256", Buffer.from(secret.replace(/^whsec_/, ""), "base64")).update(`${id}.${timestamp}.${body}`).digest();
  return (signatures ?? "").split(" ").some((each) => {
    const [version, given] = each.split(",");
    const bytes = Buffer.from(given ?? "", "base64");
    return version === "v1" && bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
}

let receiver: http.Server, address: string, agent: ActingAgent;
let received: { headers: http.IncomingHttpHeaders; body: string }[] = [];

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET ??= "a secret that only this test knows, long enough";
  receiver = http.createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => (body += part)).on("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  address = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  agent = await makeActingAgent({}, `http://${address}/void`);
});
afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
});

test("a receiver that has the revealed secret tells our requests from others", async () => {
  received = [];
  const owner = agent.owners.technical_owner;
  const { secret } = await revealWebhookSecret(owner, { agentId: agent.id });
  expect(await rehearseHook(owner, { agentId: agent.id, tool: "refund_create" }, new Date(), { allowed: [address] })).toMatchObject({ isOk: true });
  const [{ headers, body } = { headers: {}, body: "" }] = received;
  expect(isGenuine(secret, headers, body)).toBe(true);
  expect(isGenuine(secret, headers, body.replace("refund_create", "payout_send"))).toBe(false);
  expect(isGenuine(secret, { ...headers, "webhook-id": "hr_other" }, body)).toBe(false);
  const other = await makeActingAgent();
  expect(isGenuine((await revealWebhookSecret(other.owners.technical_owner, { agentId: other.id })).secret, headers, body)).toBe(false);
});

test("the log says who read it, and not what", async () => {
  const administrator = await makePerson("Ada", ["administrator"]);
  const { secret } = await revealWebhookSecret(administrator, { agentId: agent.id });
  const entry = await prisma().logEntry.findFirstOrThrow({ where: { kind: "webhook_secret.revealed", actor: `person:${administrator.id}` } });
  expect([entry.subject, entry.agentId]).toEqual([agent.id, agent.id]);
  expect(entry.body).not.toContain(secret.slice("whsec_".length, "whsec_".length + 12));
});

test("nobody else reads it", async () => {
  for (const actor of [await makePerson("Ola", ["on_call", "operator", "auditor"]), agent.owners.business_owner, agent.key]) {
    await expect(revealWebhookSecret(actor, { agentId: agent.id })).rejects.toThrow(NotPermitted);
  }
  await expect(revealWebhookSecret(agent.owners.technical_owner, { agentId: "another" })).rejects.toThrow(NotPermitted);
  await expect(revealWebhookSecret(await makePerson("Ada", ["administrator"]), { agentId: "another" })).rejects.toThrow(NotFound);
});
