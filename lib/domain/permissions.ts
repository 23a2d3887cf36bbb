// Who may do what? One table; every operation and every page asks it.

import { ROLE_NAMES, type Actor, type ApiKeyScope, type HouseRole, type OwnerRole, type PersonActor } from "./roles.ts";

export const PERMISSIONS = [
  "agent:read", "run:read", "change:read", "log:read", "authority:read", "settings:read",
  "agent:create", "card:edit", "owners:assign", "tier:propose", "tier:lower", "version:register",
  "change:propose", "change:approve", "change:reject", "change:withdraw", "change:record_suite", "change:expire",
  "stage:raise", "stage:lower", "finding:open", "finding:resolve", "override:set", "override:revoke", "stop:engage", "stop:cut_off", "point:end", "stop:release",
  "people:manage", "key:manage", "webhook_secret:reveal", "price:edit", "review_policy:propose", "review_policy:approve",
  "outcome:record", "telemetry:write", "spot_check:record", "gate:ask", "stop:prove", "stop:rehearse",
  "action:read", "action:prepare", "action:approve", "action:withdraw", "action:undo", "action:sweep", "seeding:set", "seeding:run", "on_call:hand_over",
  "rollout:read", "rollout:plan", "rollout:start", "rollout:pause", "rollout:abort", "rollout:promote", "rollout:waive", "rollout:judge", "task:assign",
  "item:triage", "review_policy:triage",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

interface Rule {
  /** Completes "Only … may". */
  to: string;
  house: readonly HouseRole[];
  owners: readonly OwnerRole[];
  /** `any`: owning one agent is enough, because the matter belongs to the house and not to one agent. */
  ownersOf: "this agent" | "any agent";
  scopes: readonly ApiKeyScope[];
  system: boolean;
}

const EVERY_HOUSE_ROLE = ["viewer", "operator", "on_call", "auditor", "administrator"] as const;
const EVERY_OWNER = ["business_owner", "technical_owner", "model_steward"] as const;

function rule(to: string, who: Partial<Omit<Rule, "to">>): Rule {
  return { to, house: [], owners: [], ownersOf: "this agent", scopes: [], system: false, ...who };
}

const everyReader = { house: EVERY_HOUSE_ROLE, owners: EVERY_OWNER, ownersOf: "any agent", system: true } as const;

/**
 * The administrator keeps the house and approves nothing by that role; the auditor reads everything and changes nothing. That an
 * author never approves, and that a release takes two persons, depends on the case and is decided by the operations.
 */
export const PERMISSION_TABLE: Readonly<Record<Permission, Rule>> = {
  "agent:read": rule("see agents", { ...everyReader, scopes: ["versions", "authority"] }),
  "run:read": rule("see runs", everyReader),
  "change:read": rule("see changes", { ...everyReader, scopes: ["versions"] }),
  "log:read": rule("read the log", { ...everyReader, house: ["operator", "on_call", "auditor", "administrator"] }),
  "authority:read": rule("see what an agent may do", { ...everyReader, scopes: ["authority"] }),
  "settings:read": rule("see people and keys", { house: ["auditor", "administrator"], owners: ["technical_owner"], ownersOf: "any agent" }),

  "agent:create": rule("create agents", { house: ["operator", "administrator"], system: true }),
  "card:edit": rule("edit the card", { owners: ["business_owner", "technical_owner"] }),
  "owners:assign": rule("name the owners", { house: ["administrator"], owners: ["business_owner"] }),
  "tier:propose": rule("propose a higher control tier", { house: ["operator"], owners: EVERY_OWNER }),
  "tier:lower": rule("lower the control tier", { owners: ["business_owner"] }),
  "version:register": rule("register versions", { owners: ["technical_owner", "model_steward"], scopes: ["versions"], system: true }),

  "change:propose": rule("propose changes", { house: ["operator"], owners: EVERY_OWNER, scopes: ["versions"], system: true }),
  "change:approve": rule("approve changes", { owners: EVERY_OWNER }),
  "change:reject": rule("reject changes", { owners: EVERY_OWNER }),
  "change:withdraw": rule("withdraw changes", { house: ["operator"], owners: EVERY_OWNER, scopes: ["versions"] }),
  "change:record_suite": rule("record suite results", { owners: ["technical_owner", "model_steward"], scopes: ["versions"] }),
  "change:expire": rule("expire changes", { system: true }),
  "stage:raise": rule("propose a higher stage", { house: ["operator"], owners: EVERY_OWNER }),
  "stage:lower": rule("lower the stage", { house: ["on_call"], owners: ["business_owner", "technical_owner"] }),

  "finding:open": rule("open findings", { system: true }),
  "finding:resolve": rule("resolve findings", { house: ["operator"], owners: EVERY_OWNER, system: true }),
  "override:set": rule("set overrides", { owners: ["business_owner"] }),
  "override:revoke": rule("revoke overrides", { owners: ["business_owner", "technical_owner"] }),
  // The command line acts for the account that runs the installation, which the evidence names; releasing stays with two persons.
  "stop:engage": rule("engage a kill switch", { house: ["operator", "on_call", "administrator"], owners: EVERY_OWNER, system: true }),
  // It only takes away, and whoever can prove no stop must not wait for who keeps the keys.
  "stop:cut_off": rule("revoke the keys of points that a stop does not reach", { house: ["operator", "on_call", "administrator"], owners: EVERY_OWNER }),
  // A word for which somebody answers by name; the proof tells it as that.
  "point:end": rule("say that the process of a point has ended", { house: ["operator", "on_call", "administrator"], owners: EVERY_OWNER }),
  "stop:release": rule("release a kill switch", { house: ["operator", "on_call", "administrator"], owners: EVERY_OWNER }),

  "people:manage": rule("manage people", { house: ["administrator"], system: true }),
  "key:manage": rule("manage keys", { house: ["administrator"], owners: ["technical_owner"], system: true }),
  "webhook_secret:reveal": rule("read the secret of webhooks", { house: ["administrator"], owners: ["technical_owner"], system: true }),
  "price:edit": rule("edit prices", { house: ["administrator"], system: true }),
  "review_policy:propose": rule("propose another re-review policy", { house: ["operator", "administrator"], owners: EVERY_OWNER, ownersOf: "any agent" }),
  "review_policy:approve": rule("approve the re-review policy", { owners: EVERY_OWNER, ownersOf: "any agent" }),

  "outcome:record": rule("record outcomes", { house: ["operator"], owners: ["business_owner"], scopes: ["outcomes"], system: true }),
  "telemetry:write": rule("send telemetry", { scopes: ["telemetry"], system: true }),
  "gate:ask": rule("ask the gate", { scopes: ["authority"], system: true }),
  "stop:prove": rule("record that a stop is proven", { system: true }),
  "stop:rehearse": rule("exercise the stop path", { system: true }),
  "action:read": rule("see actions", { ...everyReader, scopes: ["authority"] }),
  "action:prepare": rule("prepare and commit actions", { scopes: ["authority"] }),
  "action:approve": rule("decide about actions", { house: ["operator", "on_call"], owners: ["business_owner", "technical_owner"] }),
  "action:withdraw": rule("withdraw actions", { house: ["operator", "on_call"], owners: ["business_owner", "technical_owner"], scopes: ["authority"] }),
  // A rollout's plan may ask Holdpoint itself to take back what a candidate did; a second person still approves where one is needed.
  "action:undo": rule("take actions back", { house: ["operator", "on_call"], owners: ["business_owner", "technical_owner"], system: true }),
  "action:sweep": rule("end what nobody decided", { system: true }),
  // Not for those who decide: whoever is tested does not choose how often.
  "seeding:set": rule("have requests made that ought to be refused", { house: ["administrator"] }),
  "seeding:run": rule("make requests that ought to be refused", { system: true }),
  "on_call:hand_over": rule("hand over the on-call", { house: ["operator", "on_call", "administrator"], system: true }),
  "spot_check:record": rule("record spot checks", { house: ["operator"], owners: EVERY_OWNER }),

  "rollout:read": rule("see rollouts", { ...everyReader, scopes: ["authority"] }),
  "rollout:plan": rule("edit the plan of a rollout", { house: ["operator"], owners: EVERY_OWNER }),
  "rollout:start": rule("start or resume a rollout", { house: ["operator"], owners: EVERY_OWNER }),
  "rollout:pause": rule("pause a rollout", { house: ["operator", "on_call"], owners: EVERY_OWNER }),
  "rollout:abort": rule("abort a rollout", { house: ["operator", "on_call"], owners: EVERY_OWNER }),
  "rollout:promote": rule("promote a rollout", { owners: EVERY_OWNER }),
  "rollout:waive": rule("waive the evidence of a rollout", { owners: EVERY_OWNER }),
  "rollout:judge": rule("judge rollouts", { system: true }),
  "task:assign": rule("ask which version does a task", { scopes: ["authority"], system: true }),

  // What is said of it and by whom decides nothing: whoever may do something about what waits may sort it.
  "item:triage": rule("take, snooze or comment on what waits", { house: ["operator", "on_call"], owners: EVERY_OWNER }),
  "review_policy:triage": rule("take, snooze or comment on a proposed re-review policy", { house: ["operator", "on_call"], owners: EVERY_OWNER, ownersOf: "any agent" }),
};

export type Answer = { ok: true } | { ok: false; reason: string };

/** Without an agent, only roles and keys that hold for all agents count, unless owning any agent is enough. */
export function may(actor: Actor, permission: Permission, agentId: string | null = null): Answer {
  const row = PERMISSION_TABLE[permission];
  if (actor.kind === "system") return row.system ? { ok: true } : { ok: false, reason: `Holdpoint itself may not ${row.to}; a person must.` };
  if (actor.kind === "key") return mayKey(row, actor.scopes, actor.agentIds, agentId);
  const isHolder = row.house.some((role) => actor.roles.includes(role)) || ownerRoles(actor, row, agentId).some((role) => row.owners.includes(role));
  return isHolder ? { ok: true } : { ok: false, reason: whoMay(row) };
}

function ownerRoles(person: PersonActor, row: Rule, agentId: string | null): readonly OwnerRole[] {
  if (row.ownersOf === "any agent") return Object.values(person.owns).flat();
  return agentId !== null && Object.hasOwn(person.owns, agentId) ? (person.owns[agentId] ?? []) : [];
}

function mayKey(row: Rule, scopes: readonly ApiKeyScope[], agentIds: readonly string[], agentId: string | null): Answer {
  if (row.scopes.length === 0) return { ok: false, reason: `A key may not ${row.to}; a person must.` };
  if (!row.scopes.some((scope) => scopes.includes(scope))) {
    return { ok: false, reason: `Only a key with the scope ${orList(row.scopes)} may ${row.to}.` };
  }
  if (agentIds.includes("*") || (agentId !== null && agentIds.includes(agentId))) return { ok: true };
  return { ok: false, reason: agentId === null ? `Only a key for all agents may ${row.to} here.` : `This key is not for the agent ${agentId}.` };
}

/** For instance "Only the agent's technical owner or an administrator may manage keys." */
function whoMay(row: Rule): string {
  const whose = row.ownersOf === "any agent" ? "an agent's" : "the agent's";
  const owners = row.owners.map((role, index) => `${index === 0 ? `${whose} ` : ""}${lower(ROLE_NAMES[role])}`);
  const house = row.house.map((role) => (role === "on_call" ? "someone on call" : `${/^[aeiou]/.test(role) ? "an" : "a"} ${lower(ROLE_NAMES[role])}`));
  const keys = row.scopes.map((scope) => `a key with the scope ${scope}`);
  const holders = [...owners, ...house, ...keys];
  return holders.length === 0 ? `Only Holdpoint itself may ${row.to}.` : `Only ${orList(holders)} may ${row.to}.`;
}

const lower = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function orList(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}
