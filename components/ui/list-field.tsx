"use client";

import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { FieldError } from "./field.tsx";
import { Icon } from "./icon.tsx";

interface ListFieldProps {
  /** Each line is sent under this name, in order; end it with `[]` where the form collects a list. */
  name: string;
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  defaultValue?: readonly string[] | undefined;
  /** What one line is called: "rule", "data source". */
  noun?: string | undefined;
  placeholder?: string | undefined;
  maxItems?: number | undefined;
}

interface Line {
  key: number;
  text: string;
}

/** A list of short lines. Enter adds one below, Backspace in an empty one removes it, Alt with an arrow moves it; every step has a button too. */
export function ListField({ name, label, hint, error, defaultValue = [], noun = "line", placeholder, maxItems = 50 }: ListFieldProps) {
  const id = useId();
  const [lines, setLines] = useState<readonly Line[]>(() => (defaultValue.length > 0 ? defaultValue : [""]).map((text, key) => ({ key, text })));
  const [said, setSaid] = useState("");
  const nextKey = useRef(Math.max(1, defaultValue.length));
  const wanted = useRef<number | undefined>(undefined);
  const list = useRef<HTMLUListElement>(null);

  useEffect(() => {
    if (wanted.current === undefined) return;
    list.current?.querySelector<HTMLInputElement>(`[data-line="${wanted.current}"]`)?.focus();
    wanted.current = undefined;
  }, [lines]);

  const addAfter = (index: number) => {
    if (lines.length >= maxItems) return setSaid(`At most ${maxItems}.`);
    const key = nextKey.current++;
    wanted.current = key;
    setLines([...lines.slice(0, index + 1), { key, text: "" }, ...lines.slice(index + 1)]);
    setSaid(`Added ${noun} ${index + 2} of ${lines.length + 1}.`);
  };
  const remove = (index: number) => {
    const rest = lines.filter((_, at) => at !== index);
    const left = rest.length > 0 ? rest : [{ key: nextKey.current++, text: "" }];
    wanted.current = left[Math.max(0, index - 1)]?.key;
    setLines(left);
    setSaid(`Removed ${noun} ${index + 1}. ${rest.length} left.`);
  };
  const move = (index: number, by: -1 | 1) => {
    const from = lines[index];
    const to = lines[index + by];
    if (!from || !to) return;
    wanted.current = from.key;
    setLines(lines.map((line, at) => (at === index ? to : at === index + by ? from : line)));
    setSaid(`Moved to ${index + by + 1} of ${lines.length}.`);
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>, index: number) => {
    if (event.nativeEvent.isComposing) return;
    const isEmpty = event.currentTarget.value === "";
    if (event.key === "Enter") addAfter(index);
    else if (event.key === "Backspace" && isEmpty && lines.length > 1) remove(index);
    else if (event.altKey && event.key === "ArrowUp") move(index, -1);
    else if (event.altKey && event.key === "ArrowDown") move(index, 1);
    else return;
    event.preventDefault();
  };

  const describedBy = classNames(hint !== undefined && `${id}-hint`, error && `${id}-error`) || undefined;
  return (
    <fieldset className="field list-field" aria-describedby={describedBy}>
      <legend className="field-label mb-1">{label}</legend>
      {hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <ul className="grid gap-1.5" ref={list}>
        {lines.map((line, index) => (
          <li key={line.key}>
            <input
              className="input"
              name={name}
              value={line.text}
              data-line={line.key}
              placeholder={index === 0 ? placeholder : undefined}
              aria-label={`${label}, ${noun} ${index + 1}`}
              aria-invalid={error ? true : undefined}
              onChange={(event) => setLines(lines.map((each) => (each.key === line.key ? { ...each, text: event.target.value } : each)))}
              onKeyDown={(event) => onKey(event, index)}
            />
            <span className="tools">
              <LineTool icon="up" label={`Move ${noun} ${index + 1} up`} isOff={index === 0} onPress={() => move(index, -1)} />
              <LineTool icon="down" label={`Move ${noun} ${index + 1} down`} isOff={index === lines.length - 1} onPress={() => move(index, 1)} />
              <LineTool icon="close" label={`Remove ${noun} ${index + 1}`} isOff={lines.length === 1 && line.text === ""} onPress={() => remove(index)} />
            </span>
          </li>
        ))}
      </ul>
      <FieldError id={`${id}-error`} error={error} />
      <div>
        <Button size="sm" onClick={() => addAfter(lines.length - 1)}>
          <Icon name="plus" />
          Add {noun}
        </Button>
      </div>
      <span className="sr-only" aria-live="polite">
        {said}
      </span>
    </fieldset>
  );
}

function LineTool({ icon, label, isOff, onPress }: { icon: "up" | "down" | "close"; label: string; isOff: boolean; onPress: () => void }) {
  return (
    <button type="button" className="btn btn-quiet btn-icon p-0!" aria-label={label} aria-disabled={isOff || undefined} onClick={isOff ? undefined : onPress}>
      <Icon name={icon} />
    </button>
  );
}
