import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { may, PERMISSIONS, type Permission } from "./permissions.ts";
import { API_KEY_SCOPES, HOUSE_ROLES, OWNER_ROLES, type Actor, type ApiKeyScope, type HouseRole, type OwnerRole } from "./roles.ts";

const person = (roles: readonly HouseRole[], owns: Record<string, readonly OwnerRole[]> = {}): Actor => ({ kind: "person", id: "p", name: "Ada", roles, owns });
const key = (scopes: readonly ApiKeyScope[], agentIds: readonly string[]): Actor => ({ kind: "key", id: "k", name: "ci", scopes, agentIds });
const system: Actor = { kind: "system", id: "s", name: "Sweep" };
const reads = PERMISSIONS.filter((permission) => permission.endsWith(":read"));
const changes = PERMISSIONS.filter((permission) => !permission.endsWith(":read"));

test("the whole matrix", () => {
  const columns: [string, Actor][] = [
    ...HOUSE_ROLES.map((role): [string, Actor] => [role, person([role])]),
    ...OWNER_ROLES.map((role): [string, Actor] => [role, person([], { refunds: [role] })]),
    ...API_KEY_SCOPES.map((scope): [string, Actor] => [`key:${scope}`, key([scope], ["refunds"])]),
    ["system", system],
  ];
  const rows = PERMISSIONS.map((permission) => {
    const holders = columns.filter(([, actor]) => may(actor, permission, "refunds").ok).map(([name]) => name);
    return `${permission.padEnd(22)}${holders.join(" ")}`;
  });
  expect(`\n${rows.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    agent:read            viewer operator on_call auditor administrator business_owner technical_owner model_steward key:versions key:authority system
    run:read              viewer operator on_call auditor administrator business_owner technical_owner model_steward system
    change:read           viewer operator on_call auditor administrator business_owner technical_owner model_steward key:versions system
    log:read              operator on_call auditor administrator business_owner technical_owner model_steward system
    authority:read        viewer operator on_call auditor administrator business_owner technical_owner model_steward key:authority system
    settings:read         auditor administrator technical_owner
    agent:create          operator administrator system
    card:edit             business_owner technical_owner
    owners:assign         administrator business_owner
    tier:propose          operator business_owner technical_owner model_steward
    tier:lower            business_owner
    version:register      technical_owner model_steward key:versions system
    change:propose        operator business_owner technical_owner model_steward key:versions system
    change:approve        business_owner technical_owner model_steward
    change:reject         business_owner technical_owner model_steward
    change:withdraw       operator business_owner technical_owner model_steward key:versions
    change:record_suite   technical_owner model_steward key:versions
    change:expire         system
    stage:raise           operator business_owner technical_owner model_steward
    stage:lower           on_call business_owner technical_owner
    finding:open          system
    finding:resolve       operator business_owner technical_owner model_steward system
    override:set          business_owner
    override:revoke       business_owner technical_owner
    stop:engage           operator on_call administrator business_owner technical_owner model_steward system
    stop:cut_off          operator on_call administrator business_owner technical_owner model_steward
    point:end             operator on_call administrator business_owner technical_owner model_steward
    stop:release          operator on_call administrator business_owner technical_owner model_steward
    people:manage         administrator system
    key:manage            administrator technical_owner system
    webhook_secret:reveal administrator technical_owner system
    price:edit            administrator system
    review_policy:propose operator administrator business_owner technical_owner model_steward
    review_policy:approve business_owner technical_owner model_steward
    outcome:record        operator business_owner key:outcomes system
    telemetry:write       key:telemetry system
    spot_check:record     operator business_owner technical_owner model_steward
    gate:ask              key:authority system
    stop:prove            system
    stop:rehearse         system
    action:read           viewer operator on_call auditor administrator business_owner technical_owner model_steward key:authority system
    action:prepare        key:authority
    action:approve        operator on_call business_owner technical_owner
    action:withdraw       operator on_call business_owner technical_owner key:authority
    action:undo           operator on_call business_owner technical_owner system
    action:sweep          system
    seeding:set           administrator
    seeding:run           system
    on_call:hand_over     operator on_call administrator system
    rollout:read          viewer operator on_call auditor administrator business_owner technical_owner model_steward key:authority system
    rollout:plan          operator business_owner technical_owner model_steward
    rollout:start         operator business_owner technical_owner model_steward
    rollout:pause         operator on_call business_owner technical_owner model_steward
    rollout:abort         operator on_call business_owner technical_owner model_steward
    rollout:promote       business_owner technical_owner model_steward
    rollout:waive         business_owner technical_owner model_steward
    rollout:judge         system
    task:assign           key:authority system
    item:triage           operator on_call business_owner technical_owner model_steward
    review_policy:triage  operator on_call business_owner technical_owner model_steward
    "
  `);
});

describe("the reason names who could", () => {
  test.each<[Actor, Permission, string]>([
    [person(["viewer"]), "key:manage", "Only the agent's technical owner or an administrator may manage keys."],
    [person(["viewer"]), "stage:lower", "Only the agent's business owner, technical owner or someone on call may lower the stage."],
    [person(["viewer"]), "version:register", "Only the agent's technical owner, model steward or a key with the scope versions may register versions."],
    [person(["administrator"]), "finding:open", "Only Holdpoint itself may open findings."],
    [person(["administrator"]), "review_policy:approve", "Only an agent's business owner, technical owner or model steward may approve the re-review policy."],
    [key(["telemetry"], ["*"]), "change:approve", "A key may not approve changes; a person must."],
    [key(["telemetry"], ["*"]), "outcome:record", "Only a key with the scope outcomes may record outcomes."],
    [key(["outcomes"], ["crm"]), "outcome:record", "This key is not for the agent refunds."],
    [system, "change:approve", "Holdpoint itself may not approve changes; a person must."],
  ])("%o asks for %s", (actor, permission, reason) => {
    expect(may(actor, permission, "refunds")).toEqual({ ok: false, reason });
  });
});

describe("always", () => {
  const permission = fc.constantFrom(...PERMISSIONS);
  const agentId = fc.option(fc.constantFrom("refunds", "crm", "__proto__", "constructor"));
  const owns = fc.dictionary(fc.constantFrom("refunds", "crm"), fc.subarray([...OWNER_ROLES]));
  const houseRoles = fc.subarray([...HOUSE_ROLES]);

  test("a viewer and an auditor change nothing", () => {
    fc.assert(fc.property(fc.subarray<HouseRole>(["viewer", "auditor"]), fc.constantFrom(...changes), agentId, (roles, asked, agent) => {
      expect(may(person(roles), asked, agent).ok).toBe(false);
    }));
  });

  test("an auditor reads everything", () => {
    for (const asked of reads) expect(may(person(["auditor"]), asked).ok).toBe(true);
  });

  test("nobody approves a change without an owner role for that agent", () => {
    fc.assert(fc.property(houseRoles, owns, agentId, (roles, owned, agent) => {
      const isOwner = agent !== null && Object.hasOwn(owned, agent) && (owned[agent] ?? []).length > 0;
      expect(may(person(roles, owned), "change:approve", agent).ok).toBe(isOwner);
    }));
  });

  test("owning one agent gives no say over another, nor over the fleet", () => {
    const ofOneAgent = changes.filter((asked) => !asked.startsWith("review_policy:"));
    fc.assert(fc.property(fc.constantFrom(...ofOneAgent), fc.constantFrom("crm", null), (asked, agent) => {
      expect(may(person([], { refunds: OWNER_ROLES }), asked, agent).ok).toBe(false);
    }));
  });

  test("a key needs the scope and the agent", () => {
    fc.assert(fc.property(fc.subarray([...API_KEY_SCOPES]), fc.subarray(["refunds", "crm", "*"]), permission, agentId, (scopes, agents, asked, agent) => {
      if (!may(key(scopes, agents), asked, agent).ok) return;
      expect(scopes).not.toEqual([]);
      expect(agents.includes("*") || agents.some((one) => one === agent)).toBe(true);
    }));
  });

  test("more roles never allow less, and every refusal is a sentence", () => {
    fc.assert(fc.property(houseRoles, houseRoles, owns, permission, agentId, (roles, more, owned, asked, agent) => {
      const answer = may(person(roles, owned), asked, agent);
      if (answer.ok) expect(may(person([...roles, ...more], owned), asked, agent).ok).toBe(true);
      else expect(answer.reason).toMatch(/^Only .+ may .+\.$/);
    }));
  });
});
