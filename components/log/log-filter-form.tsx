import Form from "next/form";
import { RowHeightSwitch } from "@/components/layout/row-height-switch.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { Link } from "@/components/ui/link.tsx";
import { localMoment } from "@/lib/domain/address-moment.ts";
import { leavesOutRoutine, logFilterQuery, type LogFilter } from "@/lib/domain/log-filter.ts";
import { paths } from "@/lib/paths.ts";

interface LogFilterFormProps {
  filter: LogFilter;
  kinds: readonly string[];
  actors: readonly { actor: string; name: string | null }[];
}

export function LogFilterForm({ filter, kinds, actors }: LogFilterFormProps) {
  const isFiltered = Object.keys(logFilterQuery(filter)).length > 0;
  return (
    <Form action={paths.log()} className="filters mb-4" role="search" key={JSON.stringify(filter)}>
      <SelectField label="Kind" name="kind" options={kindOptions(kinds, filter.kind)} defaultValue={filter.kind ?? ""} />
      <SelectField label="Who" name="actor" options={actorOptions(actors, filter.actor)} defaultValue={filter.actor ?? ""} />
      <TextField label="Agent" name="agent" autoCapitalize="off" spellCheck={false} placeholder="Any" defaultValue={filter.agent ?? ""} />
      <TextField label="Subject" name="subject" autoCapitalize="off" spellCheck={false} placeholder="ch_…, ru_…, pe_…" defaultValue={filter.subject ?? ""} />
      <TextField label="From, UTC" name="from" type="datetime-local" step={1} fieldClassName="field-moment" defaultValue={localMoment(filter.from)} />
      <TextField label="Until, UTC" name="to" type="datetime-local" step={1} fieldClassName="field-moment" defaultValue={localMoment(filter.to)} />
      <div className="actions items-center">
        <Button type="submit" className="min-h-9">Apply</Button>
        {isFiltered && (
          <Link className="link dense inline-flex min-h-6 items-center px-1" href={paths.log()}>
            Clear
          </Link>
        )}
        {leavesOutRoutine(filter) && (
          <span className="meta">
            Proofs of each minute are left out. <Link className="link" href={paths.log({ ...logFilterQuery(filter), routine: "shown" })}>Show them</Link>
          </span>
        )}
        <div className="filters-end"><RowHeightSwitch /></div>
      </div>
    </Form>
  );
}

/** Each family of kinds as a whole first, then its members. */
function kindOptions(kinds: readonly string[], current: string | null) {
  const families = [...new Set(kinds.map((kind) => kind.slice(0, kind.indexOf(".") + 1)))].filter((family) => family !== "" && kinds.filter((kind) => kind.startsWith(family)).length > 1);
  const all = [...new Set([...families, ...kinds, ...(current === null ? [] : [current])])].toSorted();
  return [{ value: "", label: "Any" }, ...all.map((kind) => ({ value: kind, label: kind.endsWith(".") ? `${kind}* (all)` : kind }))];
}

function actorOptions(actors: LogFilterFormProps["actors"], current: string | null) {
  const known = actors.map(({ actor, name }) => ({ value: actor, label: name === null ? actor : `${name} (${actor.split(":")[0] ?? ""})` }));
  const isKnown = current === null || known.some((option) => option.value === current);
  return [{ value: "", label: "Anybody" }, ...known.toSorted((a, b) => a.label.localeCompare(b.label, "en")), ...(isKnown ? [] : [{ value: current, label: current }])];
}
