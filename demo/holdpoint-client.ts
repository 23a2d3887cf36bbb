// The endpoints of Holdpoint's agent API that the demo uses, over fetch and nothing else.

import type { JsonObject, Recipe } from "./recipe.ts";

export interface Card {
  team: string;
  purpose: string;
  boundary: { may: string[]; mustNever: string[]; mustEscalateWhen: string[]; doneMeans: string[] };
  inputs: string[];
  tools: string[];
  dataSources: string[];
  escalationContact?: string;
  onCallRotation?: string;
  runbook?: string;
  monthlyBudget?: { amountMinor: number; currency: string };
  pact?: { metric: string; bound: "at_most" | "at_least"; value: number; windowDays: number }[];
  reading?: { escalationTools: string[]; recordAttributes: Record<string, string>; segmentAttributes: string[] };
}

export interface OwnerAssignment {
  role: string;
  personId: string;
  isDeputy?: boolean;
  deputyUntil?: string;
}

export interface ChangeView {
  id: string;
  state: string;
  class: string;
  fingerprint: string;
  obligations: unknown;
}

export interface Registered {
  version: { id: string; number: number; fingerprint: string };
  isNew: boolean;
  change: { id: string; state: string; class: string } | null;
}

/** The staged exposure of an approved version, as far as the demo looks at it. */
export interface RolloutView {
  id: string;
  state: string;
  revision: number;
  changeId: string;
  plan: JsonObject & { stages: JsonObject[] };
}

export interface Assigned {
  arm: "current" | "candidate";
  version: { label: string | null } | null;
}

/** No change when it stands as asked already. */
export interface Proposed {
  changeId: string | null;
}

/** A refusal with its sentence, as the API gives it. */
export class Refused extends Error {
  override name = "Refused";
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

export class HoldpointClient {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url.replace(/\/$/, "");
    this.#key = key;
  }

  createAgent = (agentId: string, card: Card) => this.#send<{ agentId: string }>("POST", "/v1/agents", { agentId, card });
  assignOwners = (agentId: string, owners: OwnerAssignment[]) => this.#send("PUT", `/v1/agents/${agentId}/owners`, { owners });
  registerVersion = (agentId: string, manifest: Recipe, about: { sourceRef?: string; reason?: string; author?: string } = {}) =>
    this.#send<Registered>("POST", `/v1/agents/${agentId}/versions`, { manifest, ...about });
  proposeStage = (agentId: string, stage: string, reason: string) => this.#send<Proposed>("POST", `/v1/agents/${agentId}/stage`, { stage, reason });
  proposeTier = (agentId: string, tier: number, answers: Record<string, boolean>, reason: string) =>
    this.#send<Proposed>("POST", `/v1/agents/${agentId}/tier`, { tier, answers, reason });
  openChanges = (agentId: string) => this.#send<{ changes: { id: string; kind: string }[] }>("GET", `/v1/changes?agent=${agentId}&state=open`);
  change = (changeId: string) => this.#send<ChangeView>("GET", `/v1/changes/${changeId}`);
  approve = (changeId: string, fingerprint: string, comment: string) => this.#send("POST", `/v1/changes/${changeId}/approve`, { fingerprint, comment });
  reject = (changeId: string, fingerprint: string, reason: string) => this.#send("POST", `/v1/changes/${changeId}/reject`, { fingerprint, reason });
  recordSuite = (changeId: string, result: { suite: string; fingerprint: string; passed: number; failed: number; undecided: number; url?: string }) =>
    this.#send("POST", `/v1/changes/${changeId}/suites`, result);
  rollouts = (agentId: string) => this.#send<{ rollouts: RolloutView[] }>("GET", `/v1/rollouts?agent=${agentId}`);
  startRollout = (rolloutId: string, revision: number, plan: JsonObject) => this.#send("POST", `/v1/rollouts/${rolloutId}/start`, { revision, plan, startsAnyway: true });
  waiveRollout = (rolloutId: string, revision: number, reason: string) => this.#send("POST", `/v1/rollouts/${rolloutId}/waive`, { revision, reason });
  assign = (agentId: string, task: string) => this.#send<Assigned>("POST", "/v1/assignments", { agent: { id: agentId }, task });
  authority = (agentId: string) => this.#send<{ level: string }>("GET", `/v1/agents/${agentId}/authority`);

  async #send<Result = unknown>(method: string, path: string, body?: unknown): Promise<Result> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Refused(response.status, `${method} ${path}: ${sentenceOf(text)}`);
    return (text === "" ? {} : JSON.parse(text)) as Result;
  }
}

function sentenceOf(text: string): string {
  try {
    const body = JSON.parse(text) as { error?: unknown; message?: unknown };
    return [body.message, body.error].find((value) => typeof value === "string") ?? text;
  } catch {
    return text;
  }
}
