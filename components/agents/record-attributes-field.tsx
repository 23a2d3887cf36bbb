"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Icon } from "@/components/ui/icon.tsx";

/** Which span attribute names which kind of business record. What is typed is held here, because a form that comes back refused empties its fields. */
export function RecordAttributesField({ attributes }: { attributes: Readonly<Record<string, string>> }) {
  const [lines, setLines] = useState(() => Object.entries(attributes).map(([attribute, type], key) => ({ key, attribute, type })));
  const [nextKey, setNextKey] = useState(lines.length);
  const add = () => {
    setLines([...lines, { key: nextKey, attribute: "", type: "" }]);
    setNextKey(nextKey + 1);
  };
  const field = (line: (typeof lines)[number], name: "attribute" | "type") => ({
    name: `recordAttributes.${line.key}.${name}`, value: line[name],
    onChange: (event: { target: { value: string } }) => setLines(lines.map((each) => (each.key === line.key ? { ...each, [name]: event.target.value } : each))),
  });
  return (
    <fieldset className="field">
      <legend className="field-label mb-1">Record attributes</legend>
      <p className="field-hint">Span attributes that hold a business record, for instance shop.order_id for an order.</p>
      <div className="form-stack gap-3!">
        {lines.map((line, index) => (
          <div key={line.key} className="pair-line">
            <TextField label={`Attribute ${index + 1}`} {...field(line, "attribute")} spellCheck={false} />
            <TextField label="Record type" {...field(line, "type")} />
            <Button variant="quiet" onClick={() => setLines(lines.filter((each) => each.key !== line.key))}>Remove<span className="sr-only"> attribute {index + 1}</span></Button>
          </div>
        ))}
      </div>
      <div className="mt-1"><Button size="sm" onClick={add}><Icon name="plus" />Add attribute</Button></div>
    </fieldset>
  );
}
