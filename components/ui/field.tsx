import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { StatusShape } from "./status-mark.tsx";

interface FieldFrame {
  label: ReactNode;
  /** What belongs here, said before it goes wrong. */
  hint?: ReactNode;
  error?: string | undefined;
  /** The label is read, not seen. */
  hidesLabel?: boolean | undefined;
  fieldClassName?: string | undefined;
}

interface Wiring {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

function useWiring(id: string | undefined, hint: ReactNode, error: string | undefined): Wiring {
  const made = useId();
  const own = id ?? made;
  const describedBy = classNames(hint !== undefined && `${own}-hint`, error && `${own}-error`);
  return { id: own, "aria-describedby": describedBy || undefined, "aria-invalid": error ? true : undefined };
}

function Frame({ frame, id, children }: { frame: FieldFrame; id: string; children: ReactNode }) {
  return (
    <div className={classNames("field", frame.fieldClassName)}>
      <label className={frame.hidesLabel ? "sr-only" : "field-label"} htmlFor={id}>
        {frame.label}
      </label>
      {frame.hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {frame.hint}
        </p>
      )}
      {children}
      <FieldError id={`${id}-error`} error={frame.error} />
    </div>
  );
}

export function FieldError({ id, error }: { id: string; error: string | undefined }) {
  if (!error) return null;
  return (
    <p className="field-error" id={id}>
      <StatusShape kind="rejected" className="mt-px size-3.5" />
      {error}
    </p>
  );
}

export function TextField({ label, hint, error, hidesLabel, fieldClassName, id, className, ...rest }: FieldFrame & ComponentProps<"input">) {
  const wiring = useWiring(id, hint, error);
  return (
    <Frame frame={{ label, hint, error, hidesLabel, fieldClassName }} id={wiring.id}>
      <input type="text" className={classNames("input", className)} {...rest} {...wiring} />
    </Frame>
  );
}

export function TextAreaField({ label, hint, error, hidesLabel, fieldClassName, id, className, ...rest }: FieldFrame & ComponentProps<"textarea">) {
  const wiring = useWiring(id, hint, error);
  return (
    <Frame frame={{ label, hint, error, hidesLabel, fieldClassName }} id={wiring.id}>
      <textarea rows={4} className={classNames("input", className)} {...rest} {...wiring} />
    </Frame>
  );
}

export interface Option {
  value: string;
  label: string;
}

export function SelectField({ label, hint, error, hidesLabel, fieldClassName, id, className, options, ...rest }: FieldFrame & ComponentProps<"select"> & { options: readonly Option[] }) {
  const wiring = useWiring(id, hint, error);
  // A form that comes back is reset, and React tells a select that is there already of no other default: a new one begins with it.
  const key = rest.defaultValue === undefined ? undefined : String(rest.defaultValue);
  return (
    <Frame frame={{ label, hint, error, hidesLabel, fieldClassName }} id={wiring.id}>
      <select key={key} className={classNames("input", className)} {...rest} {...wiring}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}
