import type { ReactNode } from "react";
import { EffectCard } from "@/components/actions/effect-card.tsx";
import { CapabilityCard } from "@/components/changes/capability-card.tsx";
import { ObligationsCard } from "@/components/changes/obligations-card.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { JsonView } from "@/components/ui/json-view.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { LEVEL_NAMES } from "@/lib/domain/authority-meaning.ts";
import type { ActionPreview, ChangePreview, FindingPreview, ItemPreview, RolloutPreview } from "@/lib/domain/item-preview.ts";
import { formatNumber, formatPercent } from "@/lib/format.ts";

/** The cards are those of the item's own page: whoever reads it there reads nothing else. */
export function PeekBody({ preview }: { preview: ItemPreview }): ReactNode {
  switch (preview.kind) {
    case "action": return <ActionPeek preview={preview} />;
    case "change": return <ChangePeek preview={preview} />;
    case "finding": return <FindingPeek preview={preview} />;
    case "rollout": return <RolloutPeek preview={preview} />;
  }
}

const amount = (minor: string | null): bigint | null => (minor === null ? null : BigInt(minor));
const moment = (at: string | null): Date | null => (at === null ? null : new Date(at));

function ActionPeek({ preview }: { preview: ActionPreview }) {
  const { reversibility, usage, amountMinor, input, ...facts } = preview;
  return (
    <>
      <EffectCard
        {...facts} reversibility={{ ...reversibility, until: moment(reversibility.until) }} usage={{ ...usage, spentTodayMinor: amount(usage.spentTodayMinor) }} amountMinor={amount(amountMinor)} rehearsal={null} evidence={null}
      />
      <Card title="Arguments"><CardBody><JsonView value={input} label="Arguments" masksSecrets={false} maxLines={16} /></CardBody></Card>
    </>
  );
}

function ChangePeek({ preview: { author, reason, delta, obligations, holders, rules, policyRevision } }: { preview: ChangePreview }) {
  return (
    <>
      <p className="dense text-pretty text-fg-2">Proposed by <b>{author}</b>{reason !== null && <>: <UntrustedText text={reason} maxLength={600} /></>}</p>
      {delta && <CapabilityCard groups={delta.groups} isFirst={delta.isFirst} meta="" same={null} diffHref="" sectionIds={[]} />}
      <ObligationsCard obligations={obligations.map((status) => ({ ...status, at: moment(status.at) }))} holders={holders} recordSuite={null} rules={rules} policyRevision={policyRevision} />
    </>
  );
}

function FindingPeek({ preview: { differences, more, runs, openedAt, lastSeenAt, level, without } }: { preview: FindingPreview }) {
  return (
    <Card title="What was seen">
      <CardBody className="grid gap-4">
        <ul className="dense grid list-disc gap-1 pl-4">
          {differences.map((sentence) => <li key={sentence}><NamedText text={sentence} /></li>)}
          {more > 0 && <li>{formatNumber(more, 0)} more</li>}
        </ul>
        <KeyValue
          items={[
            { label: "Runs", value: formatNumber(runs, 0) }, { label: "First seen", value: <Time at={openedAt} show="both" /> }, { label: "Last seen", value: <Time at={lastSeenAt} show="both" /> },
            { label: "Authority now", value: LEVEL_NAMES[level] }, { label: "Without it", value: LEVEL_NAMES[without] },
          ]}
        />
      </CardBody>
    </Card>
  );
}

function RolloutPeek({ preview: { strong, rest, stage, exposure, isOpen, deadlineAt, lastOutcomeAt } }: { preview: RolloutPreview }) {
  return (
    <Card title="What the judge says">
      <CardBody className="grid gap-4">
        <p className="text-pretty"><b>{strong}</b>{rest !== null && <> <UntrustedText text={rest} /></>}</p>
        <KeyValue
          items={[
            { label: "Stage", value: stage }, { label: "Share of tasks", value: formatPercent(exposure) }, { label: "Last outcome", value: lastOutcomeAt === null ? "None yet" : <Time at={lastOutcomeAt} show="both" /> },
            ...(isOpen && deadlineAt !== null ? [{ label: "Deadline", value: <Time at={deadlineAt} show="both" /> }] : []),
          ]}
        />
      </CardBody>
    </Card>
  );
}
