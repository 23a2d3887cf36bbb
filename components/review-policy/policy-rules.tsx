import { Card, CardBody } from "@/components/ui/card.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { classWord } from "@/lib/domain/change-words.ts";
import { obligationWord } from "@/lib/domain/obligation-word.ts";
import type { ReviewPolicy, ReviewRule } from "@/lib/domain/review-policy.ts";
import { factWords } from "./fact-words.ts";

const listed = (words: readonly string[]): string => (words.length <= 1 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);

export function PolicyRules({ policy, revision }: { policy: ReviewPolicy; revision: number }) {
  return (
    <Card title="The rules in force" meta={`revision ${revision}, ${policy.rules.length} rules`}>
      <Rows>
        {policy.rules.map((rule) => <Rule key={rule.id} rule={rule} />)}
        <li className="policy-rule">
          <span className="id mono">else</span>
          <span className="font-medium">What no rule names.</span>
          <ClassWord changeClass={policy.unmatchedClass} />
          <span className="rest">Asks for business owner, technical owner and red-team suite. This rule is fixed: what nobody thought of is critical.</span>
        </li>
      </Rows>
    </Card>
  );
}

function ClassWord({ changeClass }: { changeClass: string }) {
  const { word, mark } = classWord(changeClass);
  return <StatusMark kind={mark}>{word}</StatusMark>;
}

function Rule({ rule }: { rule: ReviewRule }) {
  return (
    <li className="policy-rule">
      <span className="id mono">{rule.id}</span>
      <span className="font-medium text-pretty">{rule.title}</span>
      <ClassWord changeClass={rule.class} />
      <span className="rest">
        When: {rule.facts.map(factWords).join(", ")}. {rule.obligations.length === 0 ? "Asks for nothing; it passes by itself." : `Asks for ${listed(rule.obligations.map((each) => obligationWord(each).replace(/^[A-Z]/, (letter) => letter.toLowerCase())))}.`}
      </span>
    </li>
  );
}

const cap = (level: string | null): string => (level === null ? "keeps its level" : `at most ${level}`);

export function PolicyLimits({ policy }: { policy: ReviewPolicy }) {
  return (
    <Card title="While it waits">
      <CardBody>
        <KeyValue
          items={[
            { label: "Material change open", value: `the running version ${cap(policy.caps.material.running).replace("at most", "is at most")}` },
            { label: "Critical change open", value: `the running version ${cap(policy.caps.critical.running).replace("at most", "is at most")}` },
            { label: "Unreviewed change", value: `at most ${policy.unreviewedChangeCap}` },
            { label: "Spot check", value: `one in ${policy.spotCheckOneIn} that pass by themselves` },
            { label: "Expires after", value: `${policy.expiresAfterDays} ${policy.expiresAfterDays === 1 ? "day" : "days"}` },
          ]}
        />
      </CardBody>
    </Card>
  );
}
