import type { Metadata } from "next";
import { NewAgentForm } from "@/components/agents/new-agent-form.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { may } from "@/lib/domain/permissions.ts";
import { cardAsTemplate } from "@/lib/domain/readiness.ts";
import { paths } from "@/lib/paths.ts";
import { findAgent } from "@/lib/queries/agents.ts";
import { createAgentAction } from "../actions.ts";

export const metadata: Metadata = { title: "New agent" };

export default async function NewAgentPage({ searchParams }: { searchParams: Promise<{ from?: string | string[] }> }) {
  const { from } = await searchParams;
  const actor = await requireSignedIn(paths.newAgent(typeof from === "string" ? { from } : undefined));
  const template = typeof from === "string" && may(actor, "agent:read", from).ok ? await findAgent(from, new Date()) : null;
  const { create } = await permits(actor, null, { create: "agent:create" });
  return (
    <div className="max-w-3xl">
      <PageHead title="New agent" lead="It starts in shadow: it reads, and every write is a recommendation, until its card is complete and its first version is reviewed." />
      <NewAgentForm action={createAgentAction} template={template && { id: template.id, card: cardAsTemplate(template.card) }} permission={create} />
    </div>
  );
}
