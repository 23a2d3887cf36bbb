import { stringify } from "yaml";
import { AgentHead } from "@/components/agents/agent-head.tsx";
import { ManifestForm } from "@/components/agents/manifest-form.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { paths } from "@/lib/paths.ts";
import { findEditableChange, findManifest } from "@/lib/queries/versions.ts";
import { registerVersionAction } from "../../../actions.ts";
import { MAX_MANIFEST_BYTES } from "../../../read-manifest-text.ts";
import { requireAgent } from "../../require-agent.ts";

interface NewVersionPageProps {
  params: Promise<{ agentId: string }>;
  searchParams: Promise<{ change?: string | string[] }>;
}

const FIRST = `model:
  provider: openai
  name: gpt-5.4
prompt: |
  You are …
tools:
  - name: order.get
    description: Reads one order.
    effect: read
    inputSchema:
      type: object
      properties:
        order_id: { type: string }
      required: [order_id]
`;

export default async function NewVersionPage({ params, searchParams }: NewVersionPageProps) {
  const { actor, agent, pulse, now } = await requireAgent(params, paths.registerVersion);
  const { change: changeId } = await searchParams;
  const asked = typeof changeId === "string" ? changeId : null;
  const edited = asked === null ? null : await findEditableChange(agent.id, asked);
  const isOpen = edited?.state === "open";
  const manifest = isOpen ? edited.manifest : agent.version ? await findManifest(agent.version.id) : null;
  const { permission } = await permits(actor, agent.id, { permission: "version:register" }, now);
  return (
    <>
      <AgentHead agent={agent} tab="versions" pulse={pulse} now={now} />
      <div className="stack max-w-4xl">
        {asked !== null && !isOpen && <FormMessage kind="warning" title="That change can no longer be edited.">{edited === null ? "It is not a change of this agent." : `It is ${edited.state}.`} What you register here is a proposal of its own.</FormMessage>}
        <ManifestForm
          agentId={agent.id} initial={manifest === null ? FIRST : stringify(manifest, { lineWidth: 0 })} replaces={isOpen ? { id: edited.id, title: edited.title } : null}
          maxBytes={MAX_MANIFEST_BYTES} action={registerVersionAction} permission={permission}
        />
      </div>
    </>
  );
}
