"use client";

import { useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { SelectField, TextAreaField, TextField } from "@/components/ui/field.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { Verdict } from "@/components/ui/verdict.tsx";
import { AUTHORITY_LEVELS, type AuthorityLevel } from "@/lib/domain/authority-level.ts";
import type { GateDecision } from "@/lib/domain/gate-decision.ts";
import type { PolicyVerdict } from "@/lib/domain/policy-verdict.ts";
import type { PolicyFacts } from "@/lib/policy/policy-facts.ts";
import { WEEKDAYS } from "./draft-rules.ts";
import type { RuleTool } from "./rule-fields.tsx";
import type { Asked } from "./use-draft.ts";

export interface TryTool extends RuleTool {
  example: string;
}

export interface CallToTry {
  tool: string;
  input: string;
  facts: PolicyFacts;
}

export type Tried = { kind: "decided"; verdict: PolicyVerdict; amountMinor: number | null } | { kind: "not_tried"; sentence: string };

interface TryCallProps {
  tools: readonly TryTool[];
  text: string;
  cannot: string | null;
  /** UTC. */
  now: { hour: number; weekday: number };
  authority: AuthorityLevel;
  tryCall: (text: string, call: CallToTry) => Promise<Asked<Tried>>;
}

const DECISIONS: Readonly<Record<GateDecision, { word: string; mark: StatusKind }>> = { permit: { word: "Permitted", mark: "ok" }, hold: { word: "Held", mark: "waiting" }, deny: { word: "Refused", mark: "rejected" } };
const NO_ANSWER = "The call could not be tried: the server did not answer.";

/** One call that somebody makes up, decided by the draft. */
export function TryCall({ tools, text, cannot, now, authority, tryCall }: TryCallProps) {
  const [tool, setTool] = useState(tools[0]?.name ?? "");
  // What was typed for one tool is still there after looking at another.
  const [inputs, setInputs] = useState<Readonly<Record<string, string>>>(() => Object.fromEntries(tools.map(({ name, example }) => [name, example])));
  const [facts, setFacts] = useState<TypedFacts>({ user: "", hour: String(now.hour), weekday: String(now.weekday), spentToday: "0", callsInRun: "0", confidence: "", approval: "", authority });
  const [outcome, setOutcome] = useState<{ answer: Asked<Tried>; of: string } | null>(null);
  const [isAsking, setAsking] = useState(false);
  const input = Object.hasOwn(inputs, tool) ? (inputs[tool] ?? "{}") : "{}";
  const asked = JSON.stringify([text, tool, input, facts]);
  if (tools.length === 0) return <Card title="Try a call"><EmptyState kind="nothing_yet" title="The version declares no tool, so there is no call to try." /></Card>;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (cannot !== null || isAsking) return;
    setAsking(true);
    const answer = await tryCall(text, { tool, input, facts: factsOf(facts) }).catch((): Asked<Tried> => ({ ok: false, message: NO_ANSWER }));
    setOutcome({ answer, of: asked });
    setAsking(false);
  };
  const chosen = tools.find(({ name }) => name === tool);
  return (
    <Card title="Try a call" meta="nothing is called">
      <CardBody>
        <form className="grid gap-3" onSubmit={(event) => void send(event)}>
          <SelectField label="Tool" options={tools.map(({ name, effect }) => ({ value: name, label: `${name} (${effect})` }))} value={tool} onChange={(event) => setTool(event.target.value)} />
          <TextAreaField label="Arguments as JSON" rows={5} className="mono text-meta" spellCheck={false} autoComplete="off" value={input} onChange={(event) => setInputs({ ...inputs, [tool]: event.target.value })} />
          {chosen && chosen.leftOut.length > 0 && (
            <p className="meta">No policy sees: {chosen.leftOut.map(({ path, why }, index) => <span key={path}>{index > 0 && ", "}<UntrustedText text={path === "" ? "all arguments" : path} maxLength={200} /> ({why})</span>)}.</p>
          )}
          <FactFields facts={facts} onChange={setFacts} />
          <div className="actions">
            <Button type="submit" disabledReason={cannot ?? undefined} aria-disabled={isAsking || undefined}>{isAsking ? "Trying…" : "Try this call"}</Button>
          </div>
        </form>
        <div aria-live="polite">{outcome && <Outcome answer={outcome.answer} isOld={outcome.of !== asked} />}</div>
      </CardBody>
    </Card>
  );
}

interface TypedFacts {
  user: string;
  hour: string;
  weekday: string;
  spentToday: string;
  callsInRun: string;
  confidence: string;
  approval: string;
  authority: string;
}

/** What is not typed is not known; what is no number is sent as such and refused by name. */
function factsOf(typed: TypedFacts): PolicyFacts {
  const number = (text: string): number => (text.trim() === "" ? NaN : Number(text));
  return {
    hour: number(typed.hour), weekday: number(typed.weekday), callsInRun: number(typed.callsInRun), authority: AUTHORITY_LEVELS.find((level) => level === typed.authority) ?? "stopped",
    ...(typed.user === "" ? {} : { user: typed.user }), ...(typed.spentToday === "" ? {} : { spentTodayMinor: number(typed.spentToday) }),
    ...(typed.confidence === "" ? {} : { confidence: number(typed.confidence) }), ...(typed.approval === "" ? {} : { approval: { granted: typed.approval === "granted" } }),
  };
}

const APPROVALS = [{ value: "", label: "not asked for" }, { value: "granted", label: "granted" }, { value: "refused", label: "not granted" }];

function FactFields({ facts, onChange }: { facts: TypedFacts; onChange: (facts: TypedFacts) => void }) {
  const field = (name: keyof TypedFacts) => ({ value: facts[name], onChange: (event: { target: { value: string } }) => onChange({ ...facts, [name]: event.target.value }) });
  return (
    <>
      <div className="policy-pair">
        <TextField label="Hour (UTC)" type="number" min={0} max={23} step={1} {...field("hour")} />
        <SelectField label="Day" options={WEEKDAYS.map((name, index) => ({ value: String(index + 1), label: name }))} {...field("weekday")} />
        <TextField label="Spent today, minor units" type="number" step={1} {...field("spentToday")} />
        <TextField label="Calls in this run" type="number" min={0} step={1} {...field("callsInRun")} />
        <TextField label="Confidence, 0 to 1" type="number" min={0} max={1} step="any" {...field("confidence")} />
        <SelectField label="Approval" options={APPROVALS} {...field("approval")} />
        <TextField label="On behalf of" autoComplete="off" maxLength={1_000} {...field("user")} />
        <SelectField label="Authority" options={AUTHORITY_LEVELS.map((level) => ({ value: level, label: level }))} {...field("authority")} />
      </div>
    </>
  );
}

function Outcome({ answer, isOld }: { answer: Asked<Tried>; isOld: boolean }) {
  if (!answer.ok) return <FormMessage kind="error">{answer.message}</FormMessage>;
  if (answer.value.kind === "not_tried") return <FormMessage kind="warning">{answer.value.sentence}</FormMessage>;
  const { verdict } = answer.value;
  const { word, mark } = DECISIONS[verdict.decision];
  return (
    <div className="mt-4 border-t border-line pt-3">
      <Verdict level={3} detail={<UntrustedText text={verdict.sentence} maxLength={2_000} />}><StatusMark kind={mark}>{word}</StatusMark></Verdict>
      {verdict.policies.length > 0 && (
        <ul className="mt-2 grid gap-1" aria-label="Policies that decided">
          {verdict.policies.map(({ id, effect }) => <li key={id} className="dense">{effect === "permit" ? "permits: " : verdict.decision === "hold" ? "asks: " : "forbids: "}<span className="mono"><UntrustedText text={id} maxLength={200} /></span></li>)}
        </ul>
      )}
      {isOld && <p className="meta mt-2">The call or the draft was changed since. Try it again.</p>}
      <p className="meta mt-2">By the policy alone. Stops and the level of authority are asked before it.</p>
    </div>
  );
}
