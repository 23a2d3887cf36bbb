"use server";

import { z } from "zod";
import { policyProposalSchema, proposePolicy } from "@/lib/operations/propose-policy.ts";
import { AUTHORITY_LEVELS } from "@/lib/domain/authority-level.ts";
import { paths } from "@/lib/paths.ts";
import { readDraft, replayOfDraft, tryDraft } from "@/lib/queries/agent-policy.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";
import { serverReading } from "@/lib/server-reading.ts";

const draft = z.strictObject({ agentId: z.string().min(1).max(100), versionId: z.string().min(1).max(100), text: z.string().max(100_000, "The text is longer than 100,000 characters.") });
/** Only the shape: the policy engine says itself which fact is out of range. */
const number = z.union([z.number(), z.nan()]);
const facts = z.strictObject({
  user: z.string().max(1_000).optional(), hour: number, weekday: number, spentTodayMinor: number.optional(), callsInRun: number, confidence: number.optional(),
  approval: z.strictObject({ granted: z.boolean() }).optional(), authority: z.enum(AUTHORITY_LEVELS),
});
const call = z.strictObject({ tool: z.string().max(200), input: z.string().max(100_000, "The arguments are longer than 100,000 characters."), facts });

const read = serverReading("agent:read", draft, readDraft);
export async function readDraftAction(question: z.input<typeof draft>) {
  return read(question);
}

const replay = serverReading("agent:read", draft, replayOfDraft);
export async function replayDraftAction(question: z.input<typeof draft>) {
  return replay(question);
}

const draftWithCall = draft.extend({ call });
const tried = serverReading("agent:read", draftWithCall, ({ call: asked, ...rest }) => tryDraft(rest, asked));
export async function tryCallAction(question: z.input<typeof draftWithCall>) {
  return tried(question);
}

/** A form is sent with the line breaks of the web; the policy has those it was written with. */
const proposal = policyProposalSchema.extend({ cedar: z.string().max(200_000).default("").transform((text) => text.replaceAll("\r\n", "\n")).pipe(policyProposalSchema.shape.cedar) });

const propose = serverAction(proposal, async (actor, input) => {
  const { version, change, isNew } = await proposePolicy(actor, input);
  return { redirectTo: change && (isNew || change.state === "open") ? paths.change(change.id) : paths.agentVersion(input.agentId, version.number) };
});
export async function proposePolicyAction(previous: FormState, form: FormData) {
  return propose(previous, form);
}
