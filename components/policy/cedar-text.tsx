"use client";

import { useId, useRef } from "react";
import { classNames } from "@/components/ui/class-names.ts";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { PolicyProblem } from "@/lib/policy/policy-problem.ts";

interface CedarTextProps {
  text: string;
  errors: readonly PolicyProblem[];
  warnings: readonly PolicyProblem[];
  /** Why it cannot be typed in right now. */
  lockedBecause: string | null;
  onChange: (text: string) => void;
}

/** The text with its lines numbered; a line that something is wrong with is marked there, and below it is said what. */
export function CedarText({ text, errors, warnings, lockedBecause, onChange }: CedarTextProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const wrong = new Set(errors.map(({ line }) => line));
  const doubtful = new Set(warnings.map(({ line }) => line));
  const show = ({ start, end, line }: PolicyProblem) => {
    const at = area.current;
    if (!at) return;
    at.focus();
    at.setSelectionRange(start, Math.max(start, end));
    at.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(at).lineHeight));
  };
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>Cedar</label>
      <p className="field-hint" id={`${id}-hint`}>{lockedBecause ?? "What you type here is read into the rules, and what you set there is written here."}</p>
      <div className="cedar" data-invalid={errors.length > 0 || undefined}>
        <div className="cedar-lines" aria-hidden="true" ref={gutter}>
          {text.split("\n").map((_, index) => (
            <span key={index} className={classNames(wrong.has(index + 1) ? "is-wrong" : doubtful.has(index + 1) && "is-doubtful")}>{index + 1}</span>
          ))}
        </div>
        <textarea
          id={id} ref={area} value={text} onChange={(event) => onChange(event.target.value)} readOnly={lockedBecause !== null} wrap="off" spellCheck={false} autoComplete="off" autoCapitalize="off" maxLength={100_000}
          aria-describedby={`${id}-hint ${id}-problems`} aria-invalid={errors.length > 0 || undefined}
          onScroll={(event) => { if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop; }}
        />
      </div>
      <div id={`${id}-problems`}>
        <Problems title={errors.length === 1 ? "1 error" : `${errors.length} errors`} kind="critical" problems={errors} onShow={show} />
        <Problems title={warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`} kind="warning" problems={warnings} onShow={show} />
      </div>
    </div>
  );
}

function Problems({ title, kind, problems, onShow }: { title: string; kind: "critical" | "warning"; problems: readonly PolicyProblem[]; onShow: (problem: PolicyProblem) => void }) {
  if (problems.length === 0) return null;
  return (
    <div className="mt-2">
      <StatusMark kind={kind}>{title}</StatusMark>
      <ul className="mt-1 grid gap-1">
        {problems.map((problem) => (
          <li key={`${problem.start} ${problem.end} ${problem.message}`} className="dense">
            <button type="button" className="link min-h-6" onClick={() => onShow(problem)}>Line {problem.line}, column {problem.column}</button>: <UntrustedText text={problem.message} maxLength={500} />
            {problem.help && <span className="text-fg-2"> (<UntrustedText text={problem.help} maxLength={300} />)</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
