import type { Batch } from "@/components/ui/batch-form.tsx";
import { groupAlike, likenessOf, type WaitingAction } from "@/lib/domain/alike-actions.ts";
import type { ListedApproval } from "@/lib/domain/read-first.ts";
import { formatMinor } from "@/lib/format.ts";
import type { InboxItem } from "@/lib/domain/inbox-item.ts";

/** What is selected, as a batch; or why it is none. */
export type Selection = { ok: true; tool: string; agentId: string; batch: Batch } | { ok: false; reason: string };

interface Selected extends WaitingAction {
  effect: string;
  approval: ListedApproval;
}

const no = (reason: string): Selection => ({ ok: false, reason });

function asSelected({ key, agentId, sentence, approval }: InboxItem): Selected[] {
  if (approval === undefined || agentId === null) return [];
  const { tool, versionId, policies, currency, amountMinor } = approval;
  return [{ id: key, agentId, tool, versionId, policies, currency, amountMinor: amountMinor === null ? null : BigInt(amountMinor), effect: sentence, approval }];
}

/** The rules are those of every batch, and whoever decides is told by the house what it left out. */
export function selectionOf(items: readonly InboxItem[]): Selection {
  const selected = items.flatMap(asSelected);
  const [first] = selected;
  if (!first || selected.length < 2) return no("Select another one that is alike.");
  if (selected.some((other) => likenessOf(other) !== likenessOf(first))) return no("Together only what is alike is approved: the same agent, tool, version, policies and currency.");
  const [group] = groupAlike(selected, ({ approval }) => approval.usualMinor);
  if (!group) return no("Fewer than two are left without what stands out by its amount; look at each by itself.");
  const money = (minor: bigint | null): string | null => (minor === null || first.currency === null ? null : formatMinor(minor, first.currency));
  return {
    ok: true, tool: first.tool, agentId: first.agentId,
    batch: {
      actions: group.together.map(({ id, effect, approval }) => ({ id, inputDigest: approval.inputDigest, effect })),
      leftOut: group.leftOut.map(({ action, why }) => ({ id: action.id, effect: action.effect, why })),
      total: money(group.totalMinor), largest: money(group.largestMinor),
    },
  };
}
