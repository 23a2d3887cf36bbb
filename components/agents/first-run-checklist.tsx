import { Card } from "@/components/ui/card.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import type { Answer } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";

/** What an installation without agents shows: the way to the first reviewed agent. */
export function FirstRunChecklist({ publicUrl, create }: { publicUrl: string; create: Answer }) {
  const environment = [
    `OTEL_EXPORTER_OTLP_ENDPOINT=${publicUrl}`,
    "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
    "OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20<key>",
    "OTEL_RESOURCE_ATTRIBUTES=service.name=<agent>,service.version=<label>",
  ].join("\n");
  return (
    <Card title="Bring in the first agent" meta="four steps">
      <ol className="rows steps">
        <li>
          <h3 className="dense font-medium">Create the agent</h3>
          <p className="dense text-fg-2">A handle, its purpose and its team. It starts in shadow: it reads, and every write is a recommendation.</p>
          <div className="actions mt-2"><LinkButton variant="primary" href={paths.newAgent()} disabledReason={create.ok ? undefined : create.reason}>New agent</LinkButton></div>
        </li>
        <li>
          <h3 className="dense font-medium">Make a key for it</h3>
          <p className="dense text-fg-2">With the scopes telemetry and versions. It is shown once.</p>
          <div className="actions mt-2"><LinkButton href={paths.settingsKeys()}>Keys</LinkButton></div>
        </li>
        <li>
          <h3 className="dense font-medium">Connect it with OTEL_* variables alone</h3>
          <p className="dense text-fg-2">Any agent that speaks OpenTelemetry. Its runs appear within seconds.</p>
          <div className="relative mt-2">
            <span className="absolute top-1 right-1"><CopyButton text={environment} label="Copy the variables" /></span>
            <pre className="code">{environment}</pre>
          </div>
        </li>
        <li>
          <h3 className="dense font-medium">Register its version</h3>
          <p className="dense text-fg-2">The manifest of its recipe: model, prompt, tools, policy. From the pipeline, or pasted on its page. The first version is reviewed like every other.</p>
        </li>
      </ol>
    </Card>
  );
}
