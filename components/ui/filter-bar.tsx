import Form from "next/form";
import { RowHeightSwitch } from "../layout/row-height-switch.tsx";
import { Button } from "./button.tsx";
import { SelectField, TextField, type Option } from "./field.tsx";
import { Link } from "./link.tsx";

export interface Filter {
  name: string;
  label: string;
  value: string | undefined;
  /** The first option stands for "all" and has the value "". */
  options: readonly Option[];
  /** Folded away unless it is used: on a phone the list itself belongs on the first screen. */
  isSeldom?: boolean | undefined;
}

interface TextFilter {
  name: string;
  label: string;
  value: string | undefined;
  placeholder?: string | undefined;
  isSeldom?: boolean | undefined;
}

interface FilterBarProps {
  /** The page's own path. */
  action: string;
  filters?: readonly Filter[] | undefined;
  search?: TextFilter | undefined;
  /** What is written rather than chosen, after the search. */
  texts?: readonly TextFilter[] | undefined;
  /** What else is in the address and must stay: tab, sort. */
  keep?: Readonly<Record<string, string | undefined>> | undefined;
  /** Shown when something is filtered. */
  clearHref?: string | undefined;
}

/** A GET form: the filter is the address, and it works before any script has arrived. */
export function FilterBar({ action, filters = [], texts = [], search, keep = {}, clearHref }: FilterBarProps) {
  // A select keeps what was chosen when the address changes by another way; the key makes it start anew.
  const state = [search, ...texts, ...filters].map((filter) => filter?.value).join("\n");
  const seldom = [...texts, ...filters].filter(({ isSeldom }) => isSeldom);
  return (
    <Form action={action} className="filters" role="search" key={state}>
      {Object.entries(keep).map(([name, value]) => (value ? <input key={name} type="hidden" name={name} value={value} /> : null))}
      {search && <TextField type="search" fieldClassName="field-search" name={search.name} label={search.label} defaultValue={search.value} placeholder={search.placeholder} />}
      <Fields texts={often(texts)} filters={often(filters)} />
      <div className="actions items-center">
        <Button type="submit">Apply</Button>
        {clearHref !== undefined && (
          <Link className="link dense inline-flex min-h-6 items-center px-1" href={clearHref}>
            Clear
          </Link>
        )}
      </div>
      <div className="filters-end"><RowHeightSwitch /></div>
      {seldom.length > 0 && (
        <details open={seldom.some(({ value }) => value)} className="filters-more dense">
          <summary className="inline-block min-h-6 text-fg-2 underline underline-offset-3">More filters</summary>
          <div className="filters mt-2"><Fields texts={texts.filter(({ isSeldom }) => isSeldom)} filters={filters.filter(({ isSeldom }) => isSeldom)} /></div>
        </details>
      )}
    </Form>
  );
}

const often = <Each extends { isSeldom?: boolean | undefined }>(all: readonly Each[]): Each[] => all.filter(({ isSeldom }) => !isSeldom);

function Fields({ texts, filters }: { texts: readonly TextFilter[]; filters: readonly Filter[] }) {
  return (
    <>
      {texts.map((text) => <TextField key={text.name} type="search" name={text.name} label={text.label} defaultValue={text.value} placeholder={text.placeholder} />)}
      {filters.map((filter) => <SelectField key={filter.name} name={filter.name} label={filter.label} defaultValue={filter.value ?? ""} options={filter.options} />)}
    </>
  );
}
