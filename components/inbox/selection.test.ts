import { expect, it } from "vitest";
import type { ListedApproval } from "@/lib/domain/read-first.ts";
import { selectionOf } from "./selection.ts";
import type { InboxItem } from "@/lib/domain/inbox-item.ts";

const approval: ListedApproval = {
  inputDigest: "sha256:1", input: {}, because: "It asks.", justification: null, reversibility: "automatic", tool: "refund_create", versionId: "v1", policies: ["over-100"], currency: "EUR", amountMinor: "12000", usualMinor: null,
};
const row = (key: string, change: Partial<ListedApproval> = {}): InboxItem => ({
  key, kind: "action", href: `/actions/${key}`, word: "Action", mark: "waiting", sentence: `refund ${key}`, agentId: "refunds", since: "2026-11-21T14:00:00.000Z", expiresAt: null, detail: null, isMine: true, next: "Approve or reject",
  approval: { ...approval, ...change },
});
function readFirst(item: InboxItem): InboxItem {
  delete item.approval;
  return item;
}

it("what is alike comes together with its total, and what stands out is left out", () => {
  const selection = selectionOf([row("1"), row("2", { amountMinor: "13000" }), row("3", { amountMinor: "90000" })]);
  expect(selection).toMatchObject({ ok: true, tool: "refund_create", batch: { actions: [{ id: "1" }, { id: "2" }], leftOut: [{ id: "3" }] } });
  expect(selection.ok && [selection.batch.total, selection.batch.largest]).toEqual([expect.stringContaining("250"), expect.stringContaining("130")]);
});

it.each<[string, InboxItem[], RegExp]>([
  ["nothing", [], /another one/],
  ["one", [row("1")], /another one/],
  ["one and what has to be read first", [row("1"), readFirst(row("2"))], /another one/],
  ["another tool", [row("1"), row("2", { tool: "payout_send" })], /alike/],
  ["another version", [row("1"), row("2", { versionId: "v2" })], /alike/],
  ["other policies", [row("1"), row("2", { policies: [] })], /alike/],
  ["two that stand out", [row("1", { usualMinor: 1_000 }), row("2", { usualMinor: 1_000 })], /stands out/],
])("%s is no batch", (_, items, why) => {
  expect(selectionOf(items)).toEqual({ ok: false, reason: expect.stringMatching(why) as string });
});
