"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Icon } from "@/components/ui/icon.tsx";

/** Which span attribute names which kind of business record. */
export function RecordAttributesField({ attributes }: { attributes: Readonly<Record<string, string>> }) {
  const [lines, setLines] = useState(() => Object.entries(attributes).map(([attribute, type], key) => ({ key, attribute, type })));
  const [nextKey, setNextKey] = useState(lines.length);
  const add = () => {
    setLines([...lines, { key: nextKey, attribute: "", type: "" }]);
    setNextKey(nextKey + 1);
  };
  return (
    <fieldset className="field">
      <legend className="field-label mb-1">Record attributes</legend>
      <p className="field-hint">Span attributes that hold a business record, for instance shop.order_id for an order.</p>
      <div className="form-stack gap-3!">
        {lines.map((line, index) => (
          <div key={line.key} className="pair-line">
            <TextField label={`Attribute ${index + 1}`} name={`recordAttributes.${line.key}.attribute`} defaultValue={line.attribute} spellCheck={false} />
            <TextField label="Record type" name={`recordAttributes.${line.key}.type`} defaultValue={line.type} />
            <Button variant="quiet" onClick={() => setLines(lines.filter((each) => each.key !== line.key))}>Remove<span className="sr-only"> attribute {index + 1}</span></Button>
          </div>
        ))}
      </div>
      <div className="mt-1"><Button size="sm" onClick={add}><Icon name="plus" />Add attribute</Button></div>
    </fieldset>
  );
}
