import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { FormItem } from "@/lib/policy/policy-form.ts";
import type { PolicyProblem } from "@/lib/policy/policy-problem.ts";
import { emptyRule, textOf, type DraftItem, type RuleKind } from "./draft-rules.ts";

export interface TextReading {
  items: FormItem[] | null;
  errors: readonly PolicyProblem[];
  warnings: readonly PolicyProblem[];
}

export type Asked<Result> = { ok: true; value: Result } | { ok: false; message: string };

export type RulesState = "in_step" | "incomplete" | "reading" | "unreadable";

interface DraftInput {
  /** Tells one draft from another where it is kept in the browser. */
  keptAs: string;
  initialText: string;
  initialReading: TextReading;
  /** A draft that differs from the start already; null: it begins with the start. */
  begun: { text: string; reading: TextReading } | null;
  read: (text: string) => Promise<Asked<TextReading>>;
}

const PAUSE_MS = 350;
const noSubscription = () => () => undefined;

/** A browser that keeps nothing throws; then there is nothing to come back to. */
function readKept(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, text: string): void {
  try {
    sessionStorage.setItem(name, text);
  } catch {
    return;
  }
}

const NO_ANSWER = "The text could not be checked: the server did not answer. What you typed is still here.";

/** The browser's text areas know one kind of line break. */
export const withPlainBreaks = (text: string): string => text.replaceAll("\r\n", "\n");

/**
 * The text is the draft; the rules are what was last read of it. A rule that is changed is written into the text at once; a text that is
 * changed is read on the server, and until it has been, the rules cannot be changed: neither overwrites what was typed in the other.
 */
export function useDraft({ keptAs, initialText, initialReading, begun, read }: DraftInput) {
  const start = withPlainBreaks(initialText);
  const first = begun?.reading ?? initialReading;
  const nextKey = useRef(first.items?.length ?? 0);
  const asked = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [text, setText] = useState(begun?.text ?? start);
  const [drafts, setDrafts] = useState<readonly DraftItem[]>(() => (first.items ?? []).map((item, key) => ({ key, item })));
  const [reading, setReading] = useState(first);
  const [form, setForm] = useState<RulesState>(first.items === null ? "unreadable" : "in_step");
  const [isChecking, setChecking] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  // What was typed before the page was left; the server never saw it.
  const kept = useSyncExternalStore(noSubscription, () => readKept(keptAs), () => null);

  const check = useCallback((next: string, from: "text" | "form", pauseMs: number) => {
    const question = ++asked.current;
    clearTimeout(timer.current);
    setChecking(true);
    timer.current = setTimeout(() => {
      void read(next).catch((): Asked<TextReading> => ({ ok: false, message: NO_ANSWER })).then((answer) => {
        if (question !== asked.current) return;
        setChecking(false);
        setTrouble(answer.ok ? null : answer.message);
        if (!answer.ok) return;
        setReading(answer.value);
        if (from === "form") return;
        if (answer.value.items === null) return setForm("unreadable");
        setDrafts(answer.value.items.map((item) => ({ key: nextKey.current++, item })));
        setForm("in_step");
      });
    }, pauseMs);
  }, [read]);

  const editText = useCallback((next: string, pauseMs = PAUSE_MS) => {
    setText(next);
    keep(keptAs, next);
    setForm("reading");
    check(next, "text", pauseMs);
  }, [check, keptAs]);

  const editRules = (next: readonly DraftItem[]) => {
    setDrafts(next);
    const written = textOf(next);
    setForm(written === null ? "incomplete" : "in_step");
    if (written === null) return;
    setText(written);
    keep(keptAs, written);
    check(written, "form", PAUSE_MS);
  };
  const addRule = (kind: RuleKind): number => {
    const key = nextKey.current++;
    editRules([...drafts, { key, item: emptyRule(kind, new Set(drafts.flatMap(({ item }) => (item.kind === "by_hand" ? [] : [item.id])))) }]);
    return key;
  };
  const startAgain = () => editText(start, 0);

  useEffect(() => () => clearTimeout(timer.current), []);

  return { text, drafts, reading, form, isChecking, trouble, isSame: text === start, left: text === start && form === "in_step" && kept !== null && kept !== start ? kept : null, editText, editRules, addRule, startAgain, checkAgain: () => check(text, form === "in_step" ? "form" : "text", 0) };
}
