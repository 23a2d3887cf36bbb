import { Card, CardBody } from "@/components/ui/card.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { LEVEL_NAMES, whatItMeans } from "@/lib/domain/authority-meaning.ts";
import { AUTONOMY_STAGES, CONTROL_TIERS } from "@/lib/domain/authority-level.ts";
import { TIER_QUESTIONS } from "@/lib/domain/tier-guide.ts";
import type { LaidOutDiff } from "@/lib/domain/lay-out-text-diff.ts";
import { DiffRows } from "./diff-rows.tsx";

const TIER_WORDS = { 0: "Suggests only", 1: "A person approves what it does", 2: "Acts within its limits" } as const;

export function StageProposal({ stage, from }: { stage: unknown; from: string | null }) {
  const proposed = AUTONOMY_STAGES.find((each) => each === stage);
  const today = AUTONOMY_STAGES.find((each) => each === from);
  return (
    <Card title="What it would change">
      <CardBody>
        <div data-differs="">
          <KeyValue
            align="left"
            items={[
              ...(today ? [{ label: "Today", value: <><b>{LEVEL_NAMES[today]}</b>. {whatItMeans(today)}</> }] : []),
              { label: "Proposed", value: proposed ? <><b>{LEVEL_NAMES[proposed]}</b>. {whatItMeans(proposed)}</> : "This proposal cannot be read." },
              { label: "Holds for", value: "Exactly the version that is current now. When another version becomes current, this proposal ends." },
            ]}
          />
        </div>
      </CardBody>
    </Card>
  );
}

/** `from` is left out once the change is decided: the tier of today is then not the one it was proposed against. */
export function TierProposal({ tier, from, answers }: { tier: unknown; from: number | null | undefined; answers: Readonly<Record<string, unknown>> }) {
  const proposed = CONTROL_TIERS.find((each) => each === tier);
  const today = CONTROL_TIERS.find((each) => each === from);
  const word = (answer: unknown): string => (answer === true ? "Yes" : answer === false ? "No" : "Not answered");
  return (
    <Card title="What it would change">
      <CardBody>
        <div data-differs="">
          <KeyValue
            align="left"
            items={[
              ...(from === undefined ? [] : [{ label: "Today", value: today === undefined ? "No tier is set, so it suggests only." : <><b>Tier {today}</b>. {TIER_WORDS[today]}.</> }]),
              { label: "Proposed", value: proposed === undefined ? "This proposal cannot be read." : <><b>Tier {proposed}</b>. {TIER_WORDS[proposed]}.</> },
            ]}
          />
        </div>
      </CardBody>
      <CardBody>
        <h3 className="card-title mb-2">Answers to the guide</h3>
        <dl className="kv">
          {TIER_QUESTIONS.map(({ id, question }) => (
            <div className="contents" key={id}>
              <dt>{question}</dt>
              <dd className="font-medium">{word(answers[id])}</dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  );
}

export function PolicyProposal({ diff, revision }: { diff: LaidOutDiff | null; revision: number }) {
  return (
    <Card title="What it would change" meta={`compared with revision ${revision}`}>
      <CardBody>
        {diff === null ? <p className="dense text-fg-2" data-differs="">This proposal cannot be read, so it cannot be approved.</p> : <DiffRows rows={diff.rows} isNamed />}
      </CardBody>
    </Card>
  );
}
