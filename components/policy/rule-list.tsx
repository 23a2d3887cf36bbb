"use client";

import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { SelectField } from "@/components/ui/field.tsx";
import { Icon } from "@/components/ui/icon.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { FormItem } from "@/lib/policy/policy-form.ts";
import type { PolicyProblem } from "@/lib/policy/policy-problem.ts";
import { lackOf, moved, RULE_NAMES, type DraftItem, type RuleKind } from "./draft-rules.ts";
import { RuleFields, type RuleTool } from "./rule-fields.tsx";

interface RuleListProps {
  drafts: readonly DraftItem[];
  tools: readonly RuleTool[];
  errors: readonly PolicyProblem[];
  currency: string | null;
  /** The text is being read, or cannot be: the rules are as they were last read. */
  isLocked: boolean;
  onChange: (drafts: readonly DraftItem[]) => void;
  onAdd: (kind: RuleKind) => number;
}

const KIND_OPTIONS = (Object.keys(RULE_NAMES) as RuleKind[]).map((kind) => ({ value: kind, label: RULE_NAMES[kind] }));

/** In the order of the text. The order changes nothing about what is decided; it is for whoever reads it. */
export function RuleList({ drafts, tools, errors, currency, isLocked, onChange, onAdd }: RuleListProps) {
  const list = useRef<HTMLOListElement>(null);
  const wanted = useRef<number | undefined>(undefined);
  const [kind, setKind] = useState<RuleKind>("limit");
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (wanted.current === undefined) return;
    list.current?.querySelector<HTMLElement>(`[data-rule="${wanted.current}"]`)?.focus();
    wanted.current = undefined;
  }, [drafts]);
  const set = (key: number, item: FormItem) => onChange(drafts.map((draft) => (draft.key === key ? { key, item } : draft)));
  const remove = (index: number) => {
    wanted.current = drafts[index + 1]?.key ?? drafts[index - 1]?.key;
    onChange(drafts.filter((_, at) => at !== index));
    setSaid(`Removed rule ${index + 1}. ${drafts.length - 1} left.`);
  };
  const move = (index: number, by: -1 | 1) => {
    onChange(moved(drafts, index, by));
    setSaid(`Moved to ${index + by + 1} of ${drafts.length}.`);
  };
  return (
    <fieldset disabled={isLocked} className="min-w-0 border-0">
      <legend className="sr-only">Rules</legend>
      {drafts.length === 0 && <EmptyState kind="nothing_yet" title="No rule yet.">What no rule allows is refused.</EmptyState>}
      <ol className="rows" ref={list}>
        {drafts.map(({ key, item }, index) => (
          <li key={key} className="policy-item" data-rule={key} tabIndex={-1} aria-label={`Rule ${index + 1} of ${drafts.length}`}>
            <div className="flex flex-wrap items-center gap-2">
              <h3 className="dense font-medium">{item.kind === "by_hand" ? "Written by hand" : RULE_NAMES[item.kind]}</h3>
              <span className="ml-auto flex">
                <Tool icon="up" label={`Move rule ${index + 1} up`} isOff={isLocked || index === 0} onPress={() => move(index, -1)} />
                <Tool icon="down" label={`Move rule ${index + 1} down`} isOff={isLocked || index === drafts.length - 1} onPress={() => move(index, 1)} />
                <Tool icon="close" label={`Remove rule ${index + 1}`} isOff={isLocked} onPress={() => remove(index)} />
              </span>
            </div>
            {item.kind === "by_hand" ? <ByHand text={item.text} /> : <RuleFields rule={item} tools={tools} currency={currency} onChange={(rule) => set(key, rule)} />}
            <Wrong item={item} errors={errors} />
          </li>
        ))}
      </ol>
      <CardBody className="policy-add">
        <SelectField label="Kind of rule" hidesLabel options={KIND_OPTIONS} value={kind} onChange={(event) => setKind(KIND_OPTIONS.find(({ value }) => value === event.target.value)?.value ?? "limit")} />
        <Button onClick={isLocked ? undefined : () => { wanted.current = onAdd(kind); }} aria-disabled={isLocked || undefined}>
          <Icon name="plus" />
          Add rule
        </Button>
      </CardBody>
      <span className="sr-only" aria-live="polite">{said}</span>
    </fieldset>
  );
}

function Tool({ icon, label, isOff, onPress }: { icon: "up" | "down" | "close"; label: string; isOff: boolean; onPress: () => void }) {
  return (
    <button type="button" className="btn btn-quiet btn-icon p-0!" aria-label={label} aria-disabled={isOff || undefined} onClick={isOff ? undefined : onPress}>
      <Icon name={icon} />
    </button>
  );
}

function ByHand({ text }: { text: string }) {
  return (
    <>
      <UntrustedText as="block" text={text} />
      <p className="meta mt-1">No form says this. Change it in the text.</p>
    </>
  );
}

function Wrong({ item, errors }: { item: FormItem; errors: readonly PolicyProblem[] }) {
  const lack = lackOf(item);
  const own = item.kind === "by_hand" ? [] : errors.filter(({ policyId }) => policyId === item.id);
  if (lack === null && own.length === 0) return null;
  return (
    <ul className="mt-2 grid gap-1">
      {lack !== null && <li><StatusMark kind="open">{lack}</StatusMark></li>}
      {lack === null && own.map(({ message, start }) => <li key={`${start} ${message}`}><StatusMark kind="critical"><UntrustedText text={message} maxLength={300} /></StatusMark></li>)}
    </ul>
  );
}
