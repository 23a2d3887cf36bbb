import type { ReactNode } from "react";
import { Card } from "@/components/ui/card.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { formatMinor, formatNumber, formatPercent } from "@/lib/format.ts";

export interface EffectCardProps {
  isOpen: boolean;
  reversibility: { kind: "automatic" | "by_hand" | "none"; until: Date | null; withinHours: number | null; instructions: string | null; owner: string | null; isOfAgent: boolean };
  /** Whether the way back was ever tried; null where there is none. */
  rehearsal: ReactNode;
  /** "Tier 2, financial or external", or that none is set. */
  tier: string;
  /** Why the gate asks. */
  because: string;
  policies: readonly string[];
  unusual: readonly string[];
  usage: { callsOfToolToday: number; spentTodayMinor: bigint | null; currency: string | null };
  tool: string;
  amountMinor: bigint | null;
  onBehalfOf: string | null;
  justification: string | null;
  plan: string | null;
  confidence: number | null;
  /** Where to look closer; null where nothing is linked. */
  evidence: ReactNode;
}

/** What a person has to know before saying yes, in the order in which it matters. */
export function EffectCard(props: EffectCardProps) {
  const { isOpen, tier, because, unusual, evidence, rehearsal } = props;
  const policies = props.policies.filter((policy) => !because.includes(policy));
  return (
    <Card title={isOpen ? "Before you decide" : "What was asked"} className="o1">
      <dl className="act-facts">
        <Fact name="Taking it back">
          <TakingBack {...props.reversibility} />
          {rehearsal}
        </Fact>
        <Fact name="Control tier">{tier}</Fact>
        <Fact name="Why it asks">
          <NamedText text={because} />
          {policies.length > 0 && (
            <p className="meta mt-1">
              {policies.length === 1 ? "Policy" : "Policies"}{" "}
              {policies.map((policy, index) => <span key={policy}>{index > 0 && ", "}<code><UntrustedText text={policy} maxLength={120} /></code></span>)}
            </p>
          )}
        </Fact>
        <Fact name="Unusual">
          {unusual.length === 0 ? <span className="text-fg-2">Nothing, against what this agent did before.</span> : (
            <ul className="grid gap-1">
              {unusual.map((sign) => <li key={sign}><StatusMark kind="warning" className="items-start whitespace-normal"><span><NamedText text={sign} /></span></StatusMark></li>)}
            </ul>
          )}
        </Fact>
        <Fact name="Today so far"><Today {...props} /></Fact>
        <Fact name="The agent says"><AgentSays {...props} /></Fact>
        {evidence !== null && <Fact name={isOpen ? "Look closer" : "Evidence"}>{evidence}</Fact>}
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function TakingBack({ kind, until, withinHours, instructions, owner, isOfAgent }: EffectCardProps["reversibility"]) {
  if (kind === "none") return <StatusMark kind="warning">Cannot be taken back</StatusMark>;
  const end = until !== null ? <> until <Time at={until} show="moment" /></> : withinHours !== null ? ` within ${formatNumber(withinHours)} h` : null;
  if (kind === "automatic") return <StatusMark kind="met" className="whitespace-normal"><span>Can be taken back{end}</span></StatusMark>;
  return (
    <>
      <StatusMark kind="info" className="whitespace-normal"><span>Can be taken back by hand only{end}</span></StatusMark>
      {instructions !== null && <p className="meta mt-1">{isOfAgent && "Nobody reviewed this. The agent says: "}<UntrustedText text={instructions} maxLength={600} /></p>}
      {owner !== null && <p className="meta">By <UntrustedText text={owner} maxLength={200} /></p>}
    </>
  );
}

function Today({ usage: { callsOfToolToday, spentTodayMinor, currency }, tool, amountMinor, isOpen }: EffectCardProps) {
  const calls = callsOfToolToday === 0 ? "No call" : callsOfToolToday === 1 ? "1 call" : `${callsOfToolToday} calls`;
  const moved = spentTodayMinor === null || currency === null ? null : formatMinor(spentTodayMinor, currency);
  return (
    <>
      {calls} of <code><UntrustedText text={tool} maxLength={80} /></code> {callsOfToolToday < 2 ? "has" : "have"} gone ahead
      {moved !== null && <>, <b>{moved}</b> moved by this agent</>}
      {moved !== null && isOpen && amountMinor !== null && currency !== null && <>; <b>{formatMinor((spentTodayMinor ?? 0n) + amountMinor, currency)}</b> with this one</>}
    </>
  );
}

function AgentSays({ justification, plan, confidence, onBehalfOf }: EffectCardProps) {
  const isSilent = justification === null && plan === null && confidence === null && onBehalfOf === null;
  if (isSilent) return <span className="text-fg-2">No reason was given.</span>;
  return (
    <div className="grid gap-1.5">
      {justification !== null && <p><UntrustedText text={justification} maxLength={2_000} /></p>}
      {plan !== null && (
        <details>
          <summary className="dense text-fg-2">Its plan</summary>
          <UntrustedText as="block" text={plan} className="mt-1.5" />
        </details>
      )}
      {confidence !== null && <p className="meta">Its own confidence: {formatPercent(confidence)}</p>}
      {onBehalfOf !== null && <p className="meta">On behalf of <UntrustedText text={onBehalfOf} maxLength={200} /></p>}
    </div>
  );
}
