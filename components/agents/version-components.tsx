import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Fingerprint } from "@/components/ui/fingerprint.tsx";
import { JsonView } from "@/components/ui/json-view.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { Component, ComponentKind, ModelComponent, PromptComponent, ToolComponent } from "@/lib/domain/manifest.ts";
import { formatCount, formatNumber } from "@/lib/format.ts";

const OTHER_KINDS: readonly [ComponentKind, string][] = [
  ["policy", "Policy"], ["escalation", "Escalation rules"], ["memory", "Memory strategy"], ["workflow", "Workflow"], ["retrieval", "Retrieval sources"],
];

/** Everything a version is made of, each piece with its own address. */
export function VersionComponents({ components }: { components: readonly Component[] }) {
  const of = (kind: ComponentKind) => components.filter((component) => component.kind === kind);
  const [model] = of("model");
  return (
    <>
      {model && <ModelCard component={model} />}
      {of("prompt").map((component) => (
        <PromptCard key={component.digest} component={component} />
      ))}
      <ToolList components={of("tool")} />
      {OTHER_KINDS.map(([kind, title]) => (
        <OtherCard key={kind} title={title} components={of(kind)} />
      ))}
    </>
  );
}

const digest = ({ digest }: Component) => <Fingerprint value={digest} name="digest" />;

function ModelCard({ component }: { component: Component }) {
  const model = component.content as unknown as ModelComponent;
  return (
    <Card title="Model" meta={digest(component)}>
      <CardBody className="form-stack">
        <KeyValue
          align="left"
          items={[
            { label: "Name", value: <Mono><UntrustedText text={model.name} maxLength={200} /></Mono> },
            ...(model.provider ? [{ label: "Provider", value: <UntrustedText text={model.provider} maxLength={200} /> }] : []),
          ]}
        />
        {model.parameters && <JsonView value={model.parameters} label="Parameters" />}
      </CardBody>
    </Card>
  );
}

function PromptCard({ component }: { component: Component }) {
  const prompt = component.content as unknown as PromptComponent;
  return (
    <Card title={prompt.name === "main" ? "Prompt" : `Prompt ${prompt.name}`} meta={<>{formatNumber(prompt.text.length)} characters {digest(component)}</>}>
      <CardBody><UntrustedText as="block" text={prompt.text} maxLength={100_000} className="max-h-[480px] overflow-auto" /></CardBody>
    </Card>
  );
}

function ToolList({ components }: { components: readonly Component[] }) {
  return (
    <Card title="Tools" meta={components.length}>
      {components.length === 0 && <EmptyState kind="nothing_yet" title="This version has no tools." />}
      <ul className="rows">
        {components.map((component) => (
          <ToolItem key={component.digest} component={component} />
        ))}
      </ul>
    </Card>
  );
}

function ToolItem({ component }: { component: Component }) {
  const tool = component.content as unknown as ToolComponent;
  const fields = Object.keys((tool.inputSchema.properties ?? {}) as object).length;
  return (
    <li className="px-4 py-2.5">
      <details>
        <summary className="dense">
          <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1 align-top">
            <Mono className="font-medium wrap-anywhere"><UntrustedText text={tool.name} maxLength={200} /></Mono>
            <Tag strong={tool.effect !== "read"}>{tool.effect}</Tag>
            {tool.system && <Tag>{tool.system}</Tag>}
            <span className="meta">{formatCount(fields, "parameter")}</span>
          </span>
        </summary>
        <div className="form-stack mt-3 gap-3!">
          {tool.description && <UntrustedText as="block" text={tool.description} maxLength={10_000} />}
          {tool.compensation && <p className="dense text-fg-2">Undone by: <UntrustedText text={tool.compensation.description} />{tool.compensation.withinHours ? `, within ${tool.compensation.withinHours} h` : ""}</p>}
          <JsonView value={tool.inputSchema} label="Input schema" masksSecrets={false} />
          {tool.outputSchema && <JsonView value={tool.outputSchema} label="Output schema" masksSecrets={false} />}
          <div>{digest(component)}</div>
        </div>
      </details>
    </li>
  );
}

function OtherCard({ title, components }: { title: string; components: readonly Component[] }) {
  if (components.length === 0) return null;
  return (
    <Card title={title} meta={components.length === 1 && components[0] ? digest(components[0]) : components.length}>
      {components.map((component) => (
        <CardBody key={component.digest}>
          <JsonView value={component.content} label={component.name} masksSecrets={false} />
        </CardBody>
      ))}
    </Card>
  );
}
