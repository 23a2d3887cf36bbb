import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { paths } from "@/lib/paths.ts";

interface Seen {
  facet: string;
  name: string;
  value: string;
  matches: boolean | null;
  verdict: string | null;
  findingId: string | null;
  exampleSpanId: string | null;
}

const FACETS: Readonly<Record<string, string>> = { model: "Model", prompt: "Prompt", tool: "Tool", version: "Version label", fingerprint: "Fingerprint" };

/** What the traffic under this run's label shows of the recipe, beside what is declared. What differs comes first. */
export function RecipeSeen({ runId, seen, label, inShadow }: { runId: string; seen: readonly Seen[]; label: string | null; inShadow: boolean }) {
  const declared = seen.filter((one) => one.matches === true);
  const notable = seen.filter((one) => one.matches !== true);
  const differing = seen.filter((one) => one.matches === false).length;
  return (
    <>
      <div className="p-4 pb-2">
        <h2 className="card-title">Recipe seen</h2>
        <p className="meta mt-0.5">
          Under {label === null || label === "" ? "no version label" : <>the label <UntrustedText text={label} maxLength={60} /></>}
          {inShadow ? ", in shadow" : ""}. {sentenceOf(seen, differing)}
        </p>
      </div>
      {seen.length === 0 ? <EmptyState kind="unknown" title="No part of the recipe was seen.">The spans carry no model, prompt or tool contract, so nothing can be compared.</EmptyState> : (
        <>
          {notable.length > 0 && (
            <Rows label="Components that differ or were not compared yet">
              {notable.map((one) => <SeenRow key={keyOf(one)} runId={runId} one={one} />)}
            </Rows>
          )}
          {declared.length > 0 && (
            <details className="border-t border-line">
              <summary className="dense px-4 py-2.5 text-fg-2">{declared.length} as declared</summary>
              <Rows label="Components as declared">
                {declared.map((one) => <SeenRow key={keyOf(one)} runId={runId} one={one} />)}
              </Rows>
            </details>
          )}
        </>
      )}
    </>
  );
}

const keyOf = (one: Seen): string => `${one.facet} ${one.name} ${one.value}`;

function SeenRow({ runId, one }: { runId: string; one: Seen }) {
  return (
    <li className="grid gap-0.5 px-4 py-2">
      <span className="dense flex flex-wrap items-start justify-between gap-x-3">
        <span className="min-w-0 wrap-anywhere">
          <span className="text-fg-3">{FACETS[one.facet] ?? one.facet}</span> <UntrustedText text={titleOf(one)} maxLength={80} />
        </span>
        <Comparison seen={one} />
      </span>
      {one.matches === false && one.verdict !== null && (
        <span className="meta text-pretty wrap-anywhere">
          <UntrustedText text={one.verdict} maxLength={300} />
        </span>
      )}
      {one.matches === false && (one.findingId !== null || one.exampleSpanId !== null) && (
        <span className="flex gap-3 text-meta">
          {one.findingId !== null && <Link className="link inline-flex min-h-6 items-center" href={paths.finding(one.findingId)}>Finding</Link>}
          {one.exampleSpanId !== null && <Link className="link inline-flex min-h-6 items-center" href={paths.run(runId, { span: one.exampleSpanId })} scroll={false}>The span that shows it</Link>}
        </span>
      )}
    </li>
  );
}

/** A hash says little; its first characters are enough to compare by eye. */
function titleOf(one: Seen): string {
  const isHash = /^(sha256:)?[0-9a-f]{40,}$/.test(one.value);
  const short = one.value.replace(/^sha256:/, "").slice(0, 8);
  const named = one.facet === "tool" || (one.facet === "prompt" && one.name !== "" && one.name !== "system");
  return named ? `${one.name}${isHash ? ` ${short}` : ""}` : isHash ? short : one.value;
}

function Comparison({ seen }: { seen: Seen }) {
  if (seen.matches === null) return <StatusMark kind="waiting">Not compared yet</StatusMark>;
  return seen.matches ? <StatusMark kind="met">As declared</StatusMark> : <StatusMark kind="critical">Differs</StatusMark>;
}

function sentenceOf(seen: readonly Seen[], differing: number): string {
  if (seen.length === 0) return "";
  if (differing > 0) return `${differing} of ${seen.length} differ from what is declared.`;
  return seen.every((one) => one.matches === true) ? "All of it is as declared." : "Nothing seen differs so far.";
}
