"use client";

import Form from "next/form";
import { useEffect, useRef } from "react";
import { RowHeightSwitch } from "@/components/layout/row-height-switch.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { Link } from "@/components/ui/link.tsx";
import { localMoment } from "@/lib/domain/address-moment.ts";
import { isEmptyRunFilter, runFilterQuery, type RunFilter, type RunMark } from "@/lib/domain/run-filter.ts";
import { paths } from "@/lib/paths.ts";
import { keepTyped, type Typed } from "./keep-typed.ts";

const MARKS: readonly { name: RunMark; label: string }[] = [
  { name: "unreviewed", label: "Unreviewed" },
  { name: "errors", label: "Errors" },
  { name: "escalated", label: "Escalated" },
  { name: "intervened", label: "Person stepped in" },
];

const OUTCOMES = [{ value: "", label: "Any" }, { value: "success", label: "Succeeded" }, { value: "failure", label: "Failed" }, { value: "unknown", label: "Not known" }];
const PERIODS = [{ value: "", label: "Any time" }, { value: "1h", label: "Last hour" }, { value: "24h", label: "Last 24 hours" }, { value: "7d", label: "Last 7 days" }, { value: "30d", label: "Last 30 days" }];

type Control = HTMLInputElement | HTMLSelectElement;

const controlsOf = (form: HTMLFormElement): Control[] =>
  [...form.elements].filter((element): element is Control => (element instanceof HTMLInputElement || element instanceof HTMLSelectElement) && element.name !== "");

const isTick = (control: Control): control is HTMLInputElement => control instanceof HTMLInputElement && control.type === "checkbox";
const typedIn = (form: HTMLFormElement): Typed => Object.fromEntries(controlsOf(form).map((control) => [control.name, isTick(control) ? (control.checked ? "1" : "") : control.value]));

/** As the fields show it. */
const typedOf = (filter: RunFilter): Typed => ({
  ...runFilterQuery(filter), ...(filter.from === null ? {} : { from: localMoment(filter.from) }), ...(filter.to === null ? {} : { to: localMoment(filter.to) }),
});

/** A GET form: the filter is the address. What is chosen while an answer is on its way stays. */
export function RunFilterForm({ filter }: { filter: RunFilter }) {
  const form = useRef<HTMLFormElement>(null);
  const asked = useRef<Typed>(typedOf(filter));
  const answered = JSON.stringify(typedOf(filter));
  useEffect(() => {
    if (!form.current) return;
    const filtered = JSON.parse(answered) as Typed;
    const shown = keepTyped(typedIn(form.current), asked.current, filtered);
    for (const control of controlsOf(form.current)) {
      if (isTick(control)) control.checked = shown[control.name] === "1";
      else control.value = shown[control.name] ?? "";
    }
    asked.current = filtered;
  }, [answered]);
  const isMoreUsed = filter.version !== null || filter.tool !== null || filter.error !== null || filter.from !== null || filter.to !== null;
  return (
    <Form action={paths.runs()} className="mb-4 grid gap-3" role="search" ref={form} onSubmit={(event) => { asked.current = typedIn(event.currentTarget); }}>
      <div className="filters">
        <TextField label="Record" name="record" type="search" fieldClassName="field-search" placeholder="5498 or order:5498" defaultValue={filter.record ?? ""} />
        <TextField label="Agent" name="agent" autoCapitalize="off" spellCheck={false} placeholder="Any" defaultValue={filter.agent ?? ""} />
        <SelectField label="Outcome" name="outcome" options={OUTCOMES} defaultValue={filter.outcome ?? ""} />
        <SelectField label="Started" name="since" options={PERIODS} defaultValue={filter.since ?? ""} />
        <div className="actions items-center">
          <Button type="submit" className="min-h-9">Apply</Button>
          {!isEmptyRunFilter(filter) && (
            <Link className="link dense inline-flex min-h-6 items-center px-1" href={paths.runs()}>
              Clear
            </Link>
          )}
        </div>
        <div className="filters-end"><RowHeightSwitch /></div>
      </div>
      <fieldset className="flex flex-wrap items-center gap-1.5">
        <legend className="sr-only">Only runs with</legend>
        {MARKS.map((mark) => (
          <label className="pill relative" key={mark.name}>
            <input type="checkbox" name={mark.name} value="1" defaultChecked={filter[mark.name]} />
            {mark.label}
          </label>
        ))}
      </fieldset>
      <details open={isMoreUsed} className="dense">
        <summary className="inline-block min-h-6 text-fg-2 underline underline-offset-3">More filters</summary>
        <div className="filters mt-2">
          <TextField label="Version" name="version" inputMode="numeric" placeholder="Any number" defaultValue={filter.version ?? ""} />
          <TextField label="Tool called" name="tool" autoCapitalize="off" spellCheck={false} defaultValue={filter.tool ?? ""} />
          <TextField label="Words of the error" name="error" defaultValue={filter.error ?? ""} />
          <TextField label="From, UTC" name="from" type="datetime-local" step={1} fieldClassName="field-moment" defaultValue={localMoment(filter.from)} />
          <TextField label="Until, UTC" name="to" type="datetime-local" step={1} fieldClassName="field-moment" defaultValue={localMoment(filter.to)} />
        </div>
      </details>
    </Form>
  );
}
