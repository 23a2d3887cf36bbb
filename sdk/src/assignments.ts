// Which tasks does a rollout have a say in, and what can be refused there without asking Holdpoint?

import type { Bundle } from "../../lib/domain/bundle.ts";
import type { ToolEffect } from "../../lib/domain/manifest.ts";
import { fieldsOf, numberIn, textIn } from "./fields.ts";

export interface AssignedVersion {
  id: string;
  number: number;
  label: string | null;
  fingerprint: string;
}

export interface Assignment {
  /** The conversation id under which the task is done. */
  task: string;
  /** `candidate`: do it with `version`, which is not the current one. */
  arm: "current" | "candidate";
  /** Null: the agent has no current version, or Holdpoint could not be asked before it was known. */
  version: AssignedVersion | null;
  /** Null: nothing is being rolled out. */
  rolloutId: string | null;
  /** That the candidate had of getting the task; 0: it is compared with nothing. */
  probability: number | null;
  stage: string | null;
  /** The candidate may do the same task under this conversation id as well, where it only recommends. */
  shadow: { version: AssignedVersion; conversation: string } | null;
  /** What one task may use is limited, so every call of it is asked about and counted. */
  isLimited: boolean;
  isRepeat: boolean;
  /** Holdpoint could not be asked, so it is the current version's. */
  isFallback: boolean;
  sentence: string;
}

/** What the point keeps for itself of an answer. */
export interface ToldAssignment extends Assignment {
  tools: Bundle["tools"];
}

const NOT_UNDERSTOOD = "Holdpoint's answer is not understood.";

function readVersion(value: unknown): AssignedVersion | null {
  const fields = fieldsOf(value);
  const [id, fingerprint] = [textIn(fields, "id"), textIn(fields, "fingerprint")];
  return id === "" || fingerprint === "" ? null : { id, number: numberIn(fields, "number"), label: textIn(fields, "label") || null, fingerprint };
}

/** Throws when it is no answer: then the current version does the task. */
export function readAssignment(body: unknown): ToldAssignment {
  const fields = fieldsOf(body);
  const { arm, effects, shadow, probability } = fields;
  const version = readVersion(fields.version);
  if ((arm !== "current" && arm !== "candidate") || (arm === "candidate" && version === null) || textIn(fields, "task") === "") throw new Error(NOT_UNDERSTOOD);
  const shadowVersion = readVersion(fieldsOf(shadow).version);
  const conversation = textIn(fieldsOf(shadow), "conversation");
  return {
    task: textIn(fields, "task"), arm, version, rolloutId: textIn(fields, "rolloutId") || null, probability: typeof probability === "number" ? probability : null, stage: textIn(fields, "stage") || null,
    shadow: shadowVersion === null || conversation === "" ? null : { version: shadowVersion, conversation }, isLimited: fields.isLimited === true, isRepeat: fields.isRepeat === true, isFallback: false, sentence: textIn(fields, "sentence"),
    // An effect that is not understood counts as the worst.
    tools: Object.fromEntries(Object.entries(fieldsOf(effects)).map(([name, effect]) => [name, { effect: (effect === "read" || effect === "write" ? effect : "irreversible") satisfies ToolEffect, hasCompensation: false }])),
  };
}

const MOST_REMEMBERED = 10_000;
/** The policy that applies is the candidate's own, or each call has to be counted: only Holdpoint can do that. */
const UNREAD = { digest: "" };

type CandidateTask = Pick<Bundle, "tools"> & { version: AssignedVersion };

export class RolloutTasks {
  /** Null: the current version's, and counted. */
  readonly #tasks = new Map<string, CandidateTask | null>();

  note({ task, arm, version, shadow, tools, isLimited }: ToldAssignment): void {
    if (arm === "candidate" && version !== null) this.#remember(task, { tools, version });
    else if (isLimited) this.#remember(task, null);
    if (shadow !== null) this.#remember(shadow.conversation, { tools, version: shadow.version });
  }

  /**
   * By what a call of this conversation can be refused here; what it may do is asked. The bundle itself for every other one. The candidate may
   * never do more than its agent, and a stop of the current version says nothing about it.
   */
  bundleFor(conversationId: string | undefined, bundle: Bundle): Bundle {
    const known = conversationId === undefined ? undefined : this.#tasks.get(conversationId);
    if (conversationId === undefined || known === undefined) return bundle;
    this.#remember(conversationId, known);
    if (known === null) return { ...bundle, policy: UNREAD };
    const { id, number, fingerprint } = known.version;
    return { ...bundle, version: { id, number, fingerprint }, tools: known.tools, policy: UNREAD, stops: bundle.stops.filter(({ scope }) => scope !== "version") };
  }

  /** In the order of use; the longest unused is forgotten first. */
  #remember(conversationId: string, task: CandidateTask | null): void {
    this.#tasks.delete(conversationId);
    this.#tasks.set(conversationId, task);
    if (this.#tasks.size <= MOST_REMEMBERED) return;
    for (const oldest of this.#tasks.keys()) {
      this.#tasks.delete(oldest);
      break;
    }
  }
}
