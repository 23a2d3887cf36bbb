import type { ListedApproval } from "@/lib/domain/read-first.ts";
import type { StatusKind } from "@/components/ui/status-mark.tsx";

/** One row of the inbox. */
export interface Waiting {
  key: string;
  kind: "action" | "change" | "rollout" | "promotion" | "finding" | "spot_check";
  href: string;
  word: string;
  mark: StatusKind;
  sentence: string;
  agentId: string | null;
  since: string;
  expiresAt: string | null;
  detail: string | null;
  isMine: boolean;
  next: string;
  /** Set where a yes can be said in the list; what has to be read first leads to its page. */
  approval?: ListedApproval;
}
