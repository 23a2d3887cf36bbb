import { CardBody } from "@/components/ui/card.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { AUTHORITY_LEVELS } from "@/lib/domain/authority-level.ts";
import { obligationWord } from "@/lib/domain/obligation-word.ts";
import { CANARY_STARTS, CHANGE_CLASSES, CLASS_NAMES, REVIEW_ROLES, SUITES, type Obligation, type ReviewPolicy, type ReviewRule } from "@/lib/domain/review-policy.ts";

interface PolicyFormProps {
  policy: ReviewPolicy;
  inForce: ReviewPolicy;
  onChange: (policy: ReviewPolicy) => void;
}

const OBLIGATIONS: readonly Obligation[] = [
  ...REVIEW_ROLES.map((role): Obligation => ({ kind: "review", role })), ...SUITES.map((suite): Obligation => ({ kind: "suite", suite })),
  ...CANARY_STARTS.map((from): Obligation => ({ kind: "canary", from })),
];
const isSame = (a: Obligation, b: Obligation): boolean => obligationWord(a) === obligationWord(b);
const CLASS_OPTIONS = CHANGE_CLASSES.map((each) => ({ value: each, label: CLASS_NAMES[each] }));
const CAP_OPTIONS = [{ value: "", label: "keeps its level" }, ...AUTHORITY_LEVELS.map((level) => ({ value: level, label: `at most ${level}` }))];
const UNREVIEWED = ["stopped", "shadow", "assisted"] as const;

const oneOf = <Value extends string>(list: readonly Value[], value: string): Value | null => list.find((each) => each === value) ?? null;

export function PolicyForm({ policy, inForce, onChange }: PolicyFormProps) {
  const setRule = (next: ReviewRule) => onChange({ ...policy, rules: policy.rules.map((rule) => (rule.id === next.id ? next : rule)) });
  return (
    <>
      <Rows label="Rules">
        {policy.rules.map((rule) => <RuleFields key={rule.id} rule={rule} isChanged={JSON.stringify(rule) !== JSON.stringify(inForce.rules.find(({ id }) => id === rule.id))} onChange={setRule} />)}
      </Rows>
      <CardBody className="grid gap-4 border-t border-line sm:grid-cols-2">
        {(["material", "critical"] as const).map((level) => (
          <SelectField
            key={level} label={`While a ${level} change is open, the running version`} options={CAP_OPTIONS} value={policy.caps[level].running ?? ""}
            onChange={(event) => onChange({ ...policy, caps: { ...policy.caps, [level]: { running: oneOf(AUTHORITY_LEVELS, event.target.value) } } })}
          />
        ))}
        <SelectField
          label="After an unreviewed change, the agent is" options={UNREVIEWED.map((level) => ({ value: level, label: level === "stopped" ? "stopped" : `at most ${level}` }))} value={policy.unreviewedChangeCap}
          onChange={(event) => onChange({ ...policy, unreviewedChangeCap: oneOf(UNREVIEWED, event.target.value) ?? "shadow" })}
        />
        <NumberField label="Spot check one in" max={1_000} value={policy.spotCheckOneIn} onChange={(spotCheckOneIn) => onChange({ ...policy, spotCheckOneIn })} />
        <NumberField label="A change expires after days" max={90} value={policy.expiresAfterDays} onChange={(expiresAfterDays) => onChange({ ...policy, expiresAfterDays })} />
      </CardBody>
    </>
  );
}

function NumberField({ label, value, max, onChange }: { label: string; value: number; max: number; onChange: (value: number) => void }) {
  return (
    <TextField
      label={label} type="number" min={1} max={max} step={1} inputMode="numeric" defaultValue={value}
      onChange={(event) => {
        const next = event.target.valueAsNumber;
        if (Number.isInteger(next) && next >= 1 && next <= max) onChange(next);
      }}
    />
  );
}

function RuleFields({ rule, isChanged, onChange }: { rule: ReviewRule; isChanged: boolean; onChange: (rule: ReviewRule) => void }) {
  const toggle = (obligation: Obligation, isAsked: boolean) => {
    const rest = rule.obligations.filter((each) => !isSame(each, obligation));
    onChange({ ...rule, obligations: isAsked ? [...rest, obligation] : rest });
  };
  const needsReview = rule.class !== "harmless" && !rule.obligations.some(({ kind }) => kind === "review");
  return (
    <li className={classNames("policy-edit", isChanged && "is-changed")}>
      <p className="dense text-pretty">
        <span className="mono text-fg-3">{rule.id}</span> <span className="font-medium">{rule.title}</span>
        {needsReview && <span className="block text-crit">A {rule.class} change needs at least one review.</span>}
      </p>
      <SelectField label={`Class of ${rule.id}`} hidesLabel options={CLASS_OPTIONS} value={rule.class} onChange={(event) => onChange({ ...rule, class: oneOf(CHANGE_CLASSES, event.target.value) ?? "critical" })} />
      <fieldset className="asks">
        <legend className="sr-only">{rule.id} asks for</legend>
        {OBLIGATIONS.map((obligation) => (
          <label key={obligationWord(obligation)}>
            <input type="checkbox" checked={rule.obligations.some((each) => isSame(each, obligation))} onChange={(event) => toggle(obligation, event.target.checked)} />
            {obligationWord(obligation)}
          </label>
        ))}
      </fieldset>
    </li>
  );
}
