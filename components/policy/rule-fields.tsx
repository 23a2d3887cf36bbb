"use client";

import { SelectField, TextAreaField, TextField } from "@/components/ui/field.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { FormRule } from "@/lib/policy/policy-form.ts";
import { formatMinor } from "@/lib/format.ts";
import { ANYBODY, BOUNDS, emptyBound, WEEKDAYS, type AskedOf, type Bound, type Otherwise, type ToolArgument } from "./draft-rules.ts";

export interface RuleTool {
  name: string;
  effect: string;
  arguments: readonly ToolArgument[];
  leftOut: readonly { path: string; why: string }[];
}

interface RuleFieldsProps {
  rule: FormRule;
  tools: readonly RuleTool[];
  currency: string | null;
  onChange: (rule: FormRule) => void;
}

export function RuleFields({ rule, tools, currency, onChange }: RuleFieldsProps) {
  return (
    <div className="grid gap-3">
      <TextField label="Name" className="mono" value={rule.id} maxLength={100} spellCheck={false} autoComplete="off" onChange={(event) => onChange({ ...rule, id: event.target.value })} />
      {rule.kind === "limit" && <LimitFields rule={rule} tools={tools} onChange={onChange} />}
      {rule.kind !== "limit" && rule.kind !== "large_irreversible" && <ToolsField chosen={rule.tools} tools={tools} onChange={(chosen) => onChange({ ...rule, tools: chosen })} />}
      {rule.kind === "allow" && (
        <label className="policy-check">
          <input type="checkbox" checked={rule.isLowRisk} onChange={(event) => onChange({ ...rule, isLowRisk: event.target.checked })} />
          Low risk: goes ahead where the authority level asks a person about everything else
        </label>
      )}
      {rule.kind === "hours" && <HoursFields rule={rule} onChange={onChange} />}
      {rule.kind === "daily_sum" && (
        <NumberField
          label="At most spent today with the call, in minor units" hint={`${minorHint(rule.maxMinor, currency)} Each currency is counted by itself.`}
          value={rule.maxMinor} step="1" onChange={(maxMinor) => onChange({ ...rule, maxMinor })}
        />
      )}
      {rule.kind === "large_irreversible" && (
        <NumberField
          label="For calls that move more than this, in minor units" hint={`${minorHint(rule.aboveMinor, currency)} Of every tool that is declared as irreversible; where a tool says no amount, all its calls count.`}
          value={rule.aboveMinor} step="1" onChange={(aboveMinor) => onChange({ ...rule, aboveMinor })}
        />
      )}
      {(rule.kind === "always_ask" || rule.kind === "large_irreversible") && <AskFields asked={rule} onChange={(asked) => onChange({ ...rule, ...asked })} />}
      {(rule.kind === "limit" || rule.kind === "hours" || rule.kind === "daily_sum") && <OtherwiseFields otherwise={rule.otherwise} onChange={(otherwise) => onChange({ ...rule, otherwise })} />}
    </div>
  );
}

const minorHint = (minor: number, currency: string | null): string => (currency && Number.isSafeInteger(minor) ? `${formatMinor(minor, currency)}.` : "A hundredth of a euro or dollar is one minor unit.");

function ToolsField({ chosen, tools, onChange }: { chosen: readonly string[]; tools: readonly RuleTool[]; onChange: (chosen: string[]) => void }) {
  const declared = new Set(tools.map(({ name }) => name));
  const all = [...tools.map(({ name }) => name), ...chosen.filter((name) => !declared.has(name))];
  return (
    <fieldset className="field">
      <legend className="field-label mb-1">Tools</legend>
      <div className="policy-checks">
        {all.map((name) => (
          <label key={name} className="policy-check">
            <input type="checkbox" checked={chosen.includes(name)} onChange={(event) => onChange(event.target.checked ? [...chosen, name] : chosen.filter((each) => each !== name))} />
            <span className="mono min-w-0 wrap-anywhere"><UntrustedText text={name} maxLength={200} /></span>
            {!declared.has(name) && <span className="meta">not declared</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const BOUND_WORDS: Readonly<Record<Bound["kind"], string>> = { at_most_decimal: "is at most", at_most_whole: "is at most", one_of_texts: "is one of these texts", one_of_numbers: "is one of these numbers" };

function LimitFields({ rule, tools, onChange }: { rule: Extract<FormRule, { kind: "limit" }>; tools: readonly RuleTool[]; onChange: (rule: FormRule) => void }) {
  const tool = tools.find(({ name }) => name === rule.tool);
  const paths = tool?.arguments ?? [];
  const asKey = (path: readonly string[]) => JSON.stringify(path);
  const argument = paths.find(({ path }) => asKey(path) === asKey(rule.path));
  const kinds = argument ? BOUNDS[argument.kind] : [rule.bound.kind];
  const toolOptions = [...(rule.tool === "" ? [{ value: "", label: "Choose a tool" }] : []), ...(tool || rule.tool === "" ? [] : [{ value: rule.tool, label: `${rule.tool} (not declared)` }]), ...tools.map(({ name }) => ({ value: name, label: name }))];
  const pathOptions = [
    ...(rule.path.length === 0 ? [{ value: "", label: "Choose an argument" }] : argument ? [] : [{ value: asKey(rule.path), label: rule.path.join(".") }]), ...paths.map(({ path }) => ({ value: asKey(path), label: path.join(".") })),
  ];
  const setPath = (key: string) => {
    const next = paths.find(({ path }) => asKey(path) === key);
    if (!next) return;
    const [first] = BOUNDS[next.kind];
    onChange({ ...rule, path: [...next.path], bound: BOUNDS[next.kind].includes(rule.bound.kind) || !first ? rule.bound : emptyBound(first) });
  };
  return (
    <>
      <div className="policy-pair">
        <SelectField label="Tool" options={toolOptions} value={rule.tool} onChange={(event) => onChange({ ...rule, tool: event.target.value, path: [] })} />
        <SelectField
          label="Argument" options={pathOptions} value={rule.path.length === 0 ? "" : asKey(rule.path)} onChange={(event) => setPath(event.target.value)}
          hint={tool && paths.length === 0 ? "This tool declares no argument that can be limited." : undefined}
        />
      </div>
      {kinds.length > 1 && (
        <SelectField label="Is within the limit when it" options={kinds.map((kind) => ({ value: kind, label: BOUND_WORDS[kind] }))} value={rule.bound.kind} onChange={(event) => onChange({ ...rule, bound: emptyBound(kinds.find((kind) => kind === event.target.value) ?? rule.bound.kind) })} />
      )}
      <BoundField key={`${asKey(rule.path)} ${rule.bound.kind}`} bound={rule.bound} onChange={(bound) => onChange({ ...rule, bound })} />
    </>
  );
}

function BoundField({ bound, onChange }: { bound: Bound; onChange: (bound: Bound) => void }) {
  switch (bound.kind) {
    case "at_most_decimal":
      return <NumberField label="At most" value={bound.value} step="any" onChange={(value) => onChange({ ...bound, value })} />;
    case "at_most_whole":
      return <NumberField label="At most" value={bound.value} step="1" onChange={(value) => onChange({ ...bound, value })} />;
    case "one_of_texts":
      if (bound.values.some((value) => value === "" || /[\r\n]/.test(value))) return <p className="meta">A value is empty or has several lines. Change the values in the text.</p>;
      return <LinesField label="One of these texts, one in a line" values={bound.values} onChange={(values) => onChange({ ...bound, values })} />;
    case "one_of_numbers":
      return <LinesField label="One of these whole numbers, one in a line" values={bound.values.map(String)} onChange={(values) => onChange({ ...bound, values: values.map((value) => (/^-?\d+$/.test(value.trim()) ? Number(value) + 0 : NaN)) })} />;
  }
}

/** Keeps what is typed as it is typed: half a number is no number yet. */
function NumberField({ label, hint, value, step, onChange }: { label: string; hint?: string | undefined; value: number; step: "1" | "any"; onChange: (value: number) => void }) {
  return <TextField label={label} hint={hint} type="number" step={step} inputMode={step === "1" ? "numeric" : "decimal"} defaultValue={Number.isNaN(value) ? "" : value} onChange={(event) => onChange(event.target.value === "" ? NaN : Number(event.target.value) + 0)} />;
}

function LinesField({ label, values, onChange }: { label: string; values: readonly string[]; onChange: (values: string[]) => void }) {
  return <TextAreaField label={label} rows={3} spellCheck={false} defaultValue={values.join("\n")} onChange={(event) => onChange(event.target.value.split("\n").filter((line) => line !== ""))} />;
}

function HoursFields({ rule, onChange }: { rule: Extract<FormRule, { kind: "hours" }>; onChange: (rule: FormRule) => void }) {
  const toggle = (day: number, isOn: boolean) => onChange({ ...rule, weekdays: (isOn ? [...rule.weekdays, day] : rule.weekdays.filter((each) => each !== day)).toSorted((a, b) => a - b) });
  return (
    <>
      <div className="policy-pair">
        <NumberField label="From hour (UTC)" value={rule.fromHour} step="1" onChange={(fromHour) => onChange({ ...rule, fromHour })} />
        <NumberField label="Until hour (UTC)" value={rule.untilHour} step="1" onChange={(untilHour) => onChange({ ...rule, untilHour })} />
      </div>
      <fieldset className="field">
        <legend className="field-label mb-1">Days</legend>
        <div className="policy-checks">
          {WEEKDAYS.map((name, index) => (
            <label key={name} className="policy-check">
              <input type="checkbox" checked={rule.weekdays.includes(index + 1)} onChange={(event) => toggle(index + 1, event.target.checked)} />
              {name}
            </label>
          ))}
        </div>
      </fieldset>
    </>
  );
}

const OTHERWISE = [{ value: "ask", label: "ask a person" }, { value: "refuse", label: "refuse" }];

function OtherwiseFields({ otherwise, onChange }: { otherwise: Otherwise; onChange: (otherwise: Otherwise) => void }) {
  return (
    <>
      <SelectField label="Otherwise" options={OTHERWISE} value={otherwise.kind} onChange={(event) => onChange(event.target.value === "refuse" ? { kind: "refuse" } : { kind: "ask", ...ANYBODY })} />
      {otherwise.kind === "ask" && <AskFields asked={otherwise} onChange={(asked) => onChange({ kind: "ask", ...asked })} />}
    </>
  );
}

function AskFields({ asked: { approvers, persons }, onChange }: { asked: AskedOf; onChange: (asked: AskedOf) => void }) {
  return (
    <div className="policy-pair">
      <TextField
        label="Who may approve" hint="For instance role:finance, role:business_owner. Empty: whoever the gate asks." className="mono" spellCheck={false} autoComplete="off" defaultValue={approvers.join(", ")}
        onChange={(event) => onChange({ approvers: event.target.value.split(",").map((each) => each.trim()).filter((each) => each !== ""), persons })}
      />
      <NumberField label="How many persons" hint="Each of them another one; whoever asked is none of them." value={persons} step="1" onChange={(count) => onChange({ approvers, persons: count })} />
    </div>
  );
}
