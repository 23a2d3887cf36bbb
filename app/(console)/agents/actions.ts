"use server";

import { z } from "zod";
import { componentsOf, fingerprintOf, shortFingerprint } from "@/lib/domain/fingerprint.ts";
import { agentCardSchema, emptyCard } from "@/lib/domain/agent-card.ts";
import type { Manifest } from "@/lib/domain/manifest.ts";
import { may } from "@/lib/domain/permissions.ts";
import { cardAsTemplate } from "@/lib/domain/readiness.ts";
import { NotFound } from "@/lib/errors.ts";
import { formatCount } from "@/lib/format.ts";
import { agentIdSchema, assignOwners, createAgent, editCard } from "@/lib/operations/agents.ts";
import { overrideSchema, revokeOverride, setOverride } from "@/lib/operations/overrides.ts";
import { requireApplicablePolicy } from "@/lib/operations/require-applicable-policy.ts";
import { registerVersion, registrationSchema } from "@/lib/operations/versions.ts";
import { paths } from "@/lib/paths.ts";
import { findAgent } from "@/lib/queries/agents.ts";
import { findNamed } from "@/lib/queries/named-people.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";
import { cardFormSchema, ownersFormSchema } from "./card-form-schema.ts";
import { readManifestText } from "./read-manifest-text.ts";

const line = z.string().trim().max(500).default("");
const newAgent = z.object({
  agentId: agentIdSchema, team: z.string().trim().max(100).default(""), purpose: z.string().trim().max(2_000).default(""), escalationContact: line, onCallRotation: line,
  boundary: z.object({ mustNever: z.array(z.string()).default([]) }).prefault({}),
  from: z.string().max(100).optional(),
});

const create = serverAction(newAgent, async (actor, { agentId, boundary, from, ...essentials }) => {
  const template = from !== undefined && may(actor, "agent:read", from).ok ? await findAgent(from, new Date()) : null;
  if (from !== undefined && template === null) throw new NotFound("The agent to start from is no longer there. Create this one without it.");
  const taken = template === null ? emptyCard : cardAsTemplate(template.card);
  const card = agentCardSchema.parse({ ...taken, ...essentials, boundary: { ...taken.boundary, mustNever: boundary.mustNever } });
  await createAgent(actor, { agentId, card });
  return { redirectTo: paths.agent(agentId) };
});
export async function createAgentAction(previous: FormState, form: FormData) {
  return create(previous, form);
}

const edit = serverAction(cardFormSchema, async (actor, { agentId, card, expectedRevision }) => {
  const { revision } = await editCard(actor, { agentId, card, expectedRevision });
  return { message: `Saved as revision ${revision}.` };
});
export async function editCardAction(previous: FormState, form: FormData) {
  return edit(previous, form);
}

const assign = serverAction(ownersFormSchema(findNamed), async (actor, input) => {
  await assignOwners(actor, input);
  return { message: "Owners saved." };
});
export async function assignOwnersAction(previous: FormState, form: FormData) {
  return assign(previous, form);
}

const manifestForm = z.object({
  agentId: z.string().min(1),
  intent: z.enum(["check", "register"]).default("register"),
  reason: z.string().trim().max(2_000).nullable().default(null),
  replacesChangeId: z.string().nullable().default(null),
  manifest: z.string("Paste or upload a manifest.").transform((text, context): Manifest => {
    const reading = readManifestText(text);
    if (reading.ok) return reading.manifest;
    context.addIssue({ code: "custom", message: reading.problems.join("\n") });
    return z.NEVER;
  }),
});

const register = serverAction(manifestForm, async (actor, { intent, manifest, ...input }) => {
  await requireApplicablePolicy(manifest);
  if (intent === "check") return { message: `It reads well: ${summaryOf(manifest)}. Nothing was registered.` };
  const { version, change, isNew } = await registerVersion(actor, registrationSchema.parse({ ...input, manifest, source: "console" }));
  if (change && (isNew || change.state === "open")) return { redirectTo: paths.change(change.id) };
  return { redirectTo: paths.agentVersion(input.agentId, version.number) };
});
export async function registerVersionAction(previous: FormState, form: FormData) {
  return register(previous, form);
}

function summaryOf(manifest: Manifest): string {
  const consequential = manifest.tools.filter((tool) => tool.effect !== "read").length;
  const fingerprint = shortFingerprint(fingerprintOf(componentsOf(manifest)));
  return `model ${manifest.model.name}, ${formatCount(manifest.tools.length, "tool")}, ${consequential} of them with an effect, fingerprint ${fingerprint}`;
}

const HOUR = 3_600_000;
const overrideForm = overrideSchema.omit({ expiresAt: true }).extend({ hours: z.coerce.number().int().min(1).max(720) });

const override = serverAction(overrideForm, async (actor, { hours, ...input }) => {
  const now = new Date();
  await setOverride(actor, { ...input, expiresAt: new Date(now.getTime() + hours * HOUR) }, now);
  return { message: "The override is in force." };
});
export async function setOverrideAction(previous: FormState, form: FormData) {
  return override(previous, form);
}

const revoke = serverAction(z.object({ overrideId: z.string().min(1) }), async (actor, input) => {
  await revokeOverride(actor, input);
  return { message: "Revoked." };
});
export async function revokeOverrideAction(previous: FormState, form: FormData) {
  return revoke(previous, form);
}
