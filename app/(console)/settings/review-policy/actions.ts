"use server";

import { z } from "zod";
import { parsePolicyText } from "@/lib/domain/parse-policy-text.ts";
import { proposeReviewPolicy } from "@/lib/operations/review-policy.ts";
import { BadInput } from "@/lib/errors.ts";
import { paths } from "@/lib/paths.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const proposal = z.object({ content: z.string().max(1_000_000), reason: z.string().trim().min(3, "Say why.").max(2_000) });

const propose = serverAction(proposal, async (actor, { content, reason }) => {
  const parsed = parsePolicyText(content);
  if (!parsed.ok) throw new BadInput(parsed.faults.map(({ place, sentence }) => (place === "" ? sentence : `${place}: ${sentence}`)).join(" "));
  const { changeId } = await proposeReviewPolicy(actor, { content: parsed.policy, reason });
  return { redirectTo: paths.change(changeId) };
});
export async function proposePolicyAction(previous: FormState, form: FormData) {
  return propose(previous, form);
}
