"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { Icon } from "@/components/ui/icon.tsx";
import type { PactClause } from "@/lib/domain/agent-card.ts";

const METRICS: readonly { value: PactClause["metric"]; label: string; unit: string }[] = [
  { value: "success_rate", label: "Success rate, %", unit: "%" },
  { value: "escalation_rate", label: "Escalation rate, %", unit: "%" },
  { value: "action_error_rate", label: "Action error rate, %", unit: "%" },
  { value: "intervention_rate", label: "Intervention rate, %", unit: "%" },
  { value: "cost_per_task", label: "Cost per task, USD", unit: "USD" },
  { value: "latency_p95", label: "Latency p95, s", unit: "s" },
];

const BOUNDS = [{ value: "at_most", label: "at most" }, { value: "at_least", label: "at least" }];

const isRate = (metric: PactClause["metric"]): boolean => metric.endsWith("_rate");

/** Rates are stored as shares and written in per cent. */
const shown = ({ metric, value }: PactClause): string => String(isRate(metric) ? Number((value * 100).toFixed(4)) : value);

interface Line {
  key: number;
  metric: string;
  bound: string;
  value: string;
  windowDays: string;
}

const lineOf = (clause: PactClause, key: number): Line => ({ key, metric: clause.metric, bound: clause.bound, value: shown(clause), windowDays: String(clause.windowDays) });

/** The agent's promises, one clause a line. What is typed is held here, because a form that comes back refused empties its fields. */
export function PactField({ clauses, errorOf }: { clauses: readonly PactClause[]; errorOf: (name: string) => string | undefined }) {
  const [lines, setLines] = useState<readonly Line[]>(() => clauses.map(lineOf));
  const [nextKey, setNextKey] = useState(clauses.length);
  const add = () => {
    setLines([...lines, { key: nextKey, metric: "success_rate", bound: "at_least", value: "", windowDays: "7" }]);
    setNextKey(nextKey + 1);
  };
  const field = (line: Line, name: Exclude<keyof Line, "key">) => ({
    name: `pact.${line.key}.${name}`, value: line[name], error: errorOf(`pact.${line.key}.${name}`),
    onChange: (event: { target: { value: string } }) => setLines(lines.map((each) => (each.key === line.key ? { ...each, [name]: event.target.value } : each))),
  });
  return (
    <fieldset className="field">
      <legend className="field-label mb-1">Pact</legend>
      <p className="field-hint">What it promises, so that anybody can measure it.</p>
      <div className="form-stack gap-3!">
        {lines.map((line, index) => (
          <div key={line.key} className="pact-line">
            <SelectField label={`Promise ${index + 1}`} options={METRICS} {...field(line, "metric")} />
            <SelectField label="Bound" options={BOUNDS} {...field(line, "bound")} />
            <TextField label="Value" inputMode="decimal" {...field(line, "value")} />
            <TextField label="Over days" inputMode="numeric" {...field(line, "windowDays")} />
            <Button variant="quiet" onClick={() => setLines(lines.filter((each) => each.key !== line.key))}>Remove<span className="sr-only"> promise {index + 1}</span></Button>
          </div>
        ))}
      </div>
      <div className="mt-1"><Button size="sm" onClick={add}><Icon name="plus" />Add promise</Button></div>
    </fieldset>
  );
}
