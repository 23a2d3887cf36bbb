// Which re-review policy counts now? The newest revision; read by queries and operations alike.

import { reviewPolicySchema, type ReviewPolicy } from "../domain/review-policy.ts";
import type { Transaction } from "./database.ts";

export interface PolicyInForce {
  revision: number;
  policy: ReviewPolicy;
}

/** Throws when there is none or it cannot be read: without a policy nothing may be classified. */
export async function reviewPolicyInForce(client: Pick<Transaction, "reviewPolicy">): Promise<PolicyInForce> {
  const row = await client.reviewPolicy.findFirstOrThrow({ orderBy: { revision: "desc" } });
  return { revision: row.revision, policy: reviewPolicySchema.parse(row.content) };
}
