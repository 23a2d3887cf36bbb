// What of a call does a condition look at? What no policy looks at need not be told to the engine, which spends most of its time on being told.

/** Null stands for all of them: the condition looks at the whole, or cannot be followed. */
export interface ContextReads {
  /** Names of facts, that is of everything beside `input`. */
  facts: ReadonlySet<string> | null;
  /** Names of arguments. */
  args: ReadonlySet<string> | null;
}

/** A chain that is longer is followed from further in, so that a hostile one costs no more than its length. */
const MOST_STEPS = 100;

/** Of conditions in the engine's JSON. Never too little: every mention of the context that is no plain access counts as a look at all of it. */
export function contextReads(conditions: unknown): ContextReads {
  const [facts, args] = [new Set<string>(), new Set<string>()];
  let [looksAtAll, looksAtAllArgs] = [false, false];
  const pending: unknown[] = [conditions];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== "object" || node === null) continue;
    const path = accessedBy(node);
    if (path === null) {
      for (const member of Object.values(node)) pending.push(member);
      continue;
    }
    const [first, second] = path;
    if (first === undefined) looksAtAll = true;
    else if (first !== "input") facts.add(first);
    else if (second === undefined) looksAtAllArgs = true;
    else args.add(second);
  }
  return { facts: looksAtAll ? null : facts, args: looksAtAll || looksAtAllArgs ? null : args };
}

export function readTogether(reads: readonly ContextReads[]): ContextReads {
  return { facts: union(reads.map(({ facts }) => facts)), args: union(reads.map(({ args }) => args)) };
}

const union = (sets: readonly (ReadonlySet<string> | null)[]): ReadonlySet<string> | null => {
  const known = sets.filter((set) => set !== null);
  return known.length < sets.length ? null : new Set(known.flatMap((set) => [...set]));
};

/** `context.input.amount` and `context has input.amount` as `["input", "amount"]`, the bare context as `[]`; null for what begins elsewhere. */
function accessedBy(node: object): string[] | null {
  const question = stepOf(node, "has");
  const names: string[] = [...(question?.names ?? [])].toReversed();
  let at: unknown = question ? question.left : node;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    if (typeof at !== "object" || at === null) return null;
    if ("Var" in at) return at.Var === "context" ? names.toReversed() : null;
    const step = stepOf(at, ".");
    if (!step) return null;
    names.push(...step.names.toReversed());
    at = step.left;
  }
  return null;
}

function stepOf(node: object, operator: "." | "has"): { left: unknown; names: string[] } | null {
  const step = (node as Record<string, unknown>)[operator];
  if (typeof step !== "object" || step === null || !("left" in step) || !("attr" in step)) return null;
  const names = Array.isArray(step.attr) ? step.attr : [step.attr];
  return names.every((name) => typeof name === "string") ? { left: step.left, names } : null;
}
