"use client";

import dynamic from "next/dynamic";
import { useActionState, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { parsePolicyText, type ParsedPolicy } from "@/lib/domain/parse-policy-text.ts";
import { reclassifyChanges, type PastChange } from "@/lib/domain/reclassify-changes.ts";
import type { ReviewPolicy } from "@/lib/domain/review-policy.ts";
import type { FormAction } from "@/lib/server-action.ts";

/** What both say comes with the page; their code may come a moment later. */
const PolicyForm = dynamic(() => import("./policy-form.tsx").then((module) => module.PolicyForm));
const PolicyPreview = dynamic(() => import("./policy-preview.tsx").then((module) => module.PolicyPreview));

interface PolicyEditorProps {
  inForce: ReviewPolicy;
  past: readonly PastChange[];
  /** Why this person cannot propose one; null when it is possible. */
  cannot: string | null;
  now: string;
  action: FormAction;
}

const asText = (policy: ReviewPolicy): string => JSON.stringify(policy, null, 2);

/** The draft is text; the form edits what can be read of it. Every change of it is tried on past changes at once, in the browser. */
export function PolicyEditor({ inForce, past, cannot, now, action }: PolicyEditorProps) {
  const [text, setText] = useState(() => asText(inForce));
  // What the form shows: the last draft that had the shape of a policy, also while a rule of it is not allowed yet.
  const [shaped, setShaped] = useState(inForce);
  const [isRaw, setRaw] = useState(false);
  const [state, send] = useActionState(action, { status: "idle" as const });
  const parsed = parsePolicyText(text);
  const edit = (policy: ReviewPolicy) => {
    setShaped(policy);
    setText(asText(policy));
  };
  const editText = (next: string) => {
    setText(next);
    const read = parsePolicyText(next);
    if (read.ok) setShaped(read.policy);
  };
  const isSame = parsed.ok && asText(parsed.policy) === asText(inForce);
  return (
    <div className="policy-cols">
      <form action={send}>
        <Card
          title="A draft"
          actions={
            <>
              {!isSame && <Button size="sm" variant="quiet" onClick={() => edit(inForce)}>Start again</Button>}
              <Button size="sm" aria-pressed={isRaw} disabledReason={isRaw && !parsed.ok ? "The JSON cannot be read yet." : undefined} onClick={() => setRaw(!isRaw)}>{isRaw ? "As a form" : "As JSON"}</Button>
            </>
          }
        >
          <input type="hidden" name="content" value={text} />
          {isRaw ? (
            <CardBody>
              <TextAreaField label="Policy as JSON" className="policy-json" value={text} onChange={(event) => editText(event.target.value)} spellCheck={false} autoComplete="off" />
            </CardBody>
          ) : (
            <PolicyForm policy={shaped} inForce={inForce} onChange={edit} />
          )}
          <CardBody className="grid gap-3 border-t border-line">
            <Faults parsed={parsed} />
            <TextAreaField
              name="reason" label="Why it should change" rows={2} required minLength={3} error={state.status === "failed" ? state.fields?.reason : undefined}
              defaultValue={state.status === "failed" ? state.values?.reason : undefined} hint="The reviewer reads it. The policy changes when an owner other than you approves."
            />
            <FormResult state={state} />
            <div className="actions">
              <SubmitButton variant="primary" disabledReason={cannot ?? (!parsed.ok ? "The draft cannot be read yet." : isSame ? "The draft is the policy that is in force." : undefined)}>Propose this policy</SubmitButton>
            </div>
          </CardBody>
        </Card>
      </form>
      <aside aria-label="What the draft would have done" tabIndex={0}>
        <PolicyPreview changes={parsed.ok ? reclassifyChanges(past, inForce, parsed.policy) : null} now={now} />
      </aside>
    </div>
  );
}

function Faults({ parsed }: { parsed: ParsedPolicy }) {
  if (parsed.ok) return null;
  return (
    <FormMessage kind="error" title={parsed.faults.length === 1 ? "One thing is wrong." : `${parsed.faults.length} things are wrong.`}>
      <ul className="grid gap-1">
        {parsed.faults.map(({ place, sentence }) => (
          <li key={`${place} ${sentence}`}>
            {place !== "" && <b className="font-medium">{place}: </b>}
            {sentence}
          </li>
        ))}
      </ul>
    </FormMessage>
  );
}
