import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { FieldError } from "./field.tsx";

export interface Choice {
  value: string;
  label: ReactNode;
  detail?: ReactNode;
  isDisabled?: boolean | undefined;
}

interface ChoiceFieldProps {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  choices: readonly Choice[];
  /** One of many: radio buttons. Several: checkboxes, all under the same name. */
  allows?: "one" | "several" | undefined;
  defaultValue?: string | readonly string[] | undefined;
  isRequired?: boolean | undefined;
}

/** A few choices with their consequence in words, each a row one can press anywhere. */
export function ChoiceField({ name, label, hint, error, choices, allows = "one", defaultValue, isRequired }: ChoiceFieldProps) {
  const id = useId();
  const chosen = typeof defaultValue === "string" ? [defaultValue] : (defaultValue ?? []);
  const describedBy = classNames(hint !== undefined && `${id}-hint`, error && `${id}-error`);
  return (
    <fieldset className="field" aria-describedby={describedBy || undefined}>
      <legend className="field-label mb-1">{label}</legend>
      {hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div className="choice-rows">
        {choices.map((choice) => (
          <div className="choice" key={choice.value}>
            <input
              type={allows === "one" ? "radio" : "checkbox"}
              id={`${id}-${choice.value}`}
              name={name}
              value={choice.value}
              defaultChecked={chosen.includes(choice.value)}
              disabled={choice.isDisabled}
              required={allows === "one" && isRequired}
              aria-describedby={choice.detail === undefined ? undefined : `${id}-${choice.value}-detail`}
            />
            <label htmlFor={`${id}-${choice.value}`}>{choice.label}</label>
            {choice.detail !== undefined && <p id={`${id}-${choice.value}-detail`}>{choice.detail}</p>}
          </div>
        ))}
      </div>
      <FieldError id={`${id}-error`} error={error} />
    </fieldset>
  );
}

/** One yes or no. */
export function CheckField({ label, detail, ...rest }: { label: ReactNode; detail?: ReactNode } & Omit<ComponentProps<"input">, "type">) {
  const id = useId();
  return (
    <div className="choice px-0!">
      <input {...rest} type="checkbox" id={id} aria-describedby={detail === undefined ? undefined : `${id}-detail`} />
      <label htmlFor={id}>{label}</label>
      {detail !== undefined && <p id={`${id}-detail`}>{detail}</p>}
    </div>
  );
}
