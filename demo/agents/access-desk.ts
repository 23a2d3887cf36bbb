// access-desk: checks requests for access against the rules and grants, refuses or hands over.

import { edited, parameters, type JsonObject, type Recipe, type ToolSpec } from "../recipe.ts";
import type { Outcome, Session, Tool } from "../session.ts";
import type { CatalogueSystem, Employee, Grant } from "../records/directory.ts";
import type { Random } from "../random.ts";
import { callTwice, difficultyOf, handOver, handToPerson, promptOf, type DemoAgent, type Task } from "./demo-agent.ts";

const personId = { type: "string", description: "For instance l.moreau." };
const systemId = { type: "string", description: "For instance prod-billing." };

const readPerson: Tool<{ person_id: string }, { person: Readonly<Employee>; grants: Grant[] }> = {
  spec: { name: "directory_get", description: "Reads a person of the directory and what they have already.", effect: "read", system: "directory", inputSchema: parameters({ person_id: personId }) },
  run: ({ person_id }, { directory }, now) => ({ person: directory.employee(person_id), grants: directory.grantsOf(person_id, now) }),
};
const readSystem: Tool<{ system_id: string }, Readonly<CatalogueSystem>> = {
  spec: { name: "catalogue_get", description: "Reads a system of the catalogue: risk class, owner, roles.", effect: "read", system: "catalogue", inputSchema: parameters({ system_id: systemId }) },
  run: ({ system_id }, { directory }) => directory.system(system_id),
};
const grantSpec: ToolSpec = {
  name: "access_grant", description: "Grants a role on a system for a time.", effect: "write", system: "directory",
  inputSchema: parameters({
    person_id: personId, system_id: systemId, role: { type: "string", enum: ["reader", "editor", "analyst"] },
    hours: { type: "integer", minimum: 1, maximum: 2_160 }, purpose: { type: "string", description: "In the requester's words." },
  }),
  compensation: { description: "access_revoke takes the grant back; what was read stays read." },
};
const grantAccess: Tool<{ person_id: string; system_id: string; role: string; hours: number; purpose: string }, Grant> = {
  spec: grantSpec,
  run: ({ person_id, system_id, role, hours, purpose }, { directory }, now) => directory.grant({ employeeId: person_id, systemId: system_id, role, hours, purpose }, now),
};

const recipe: Recipe = {
  label: "7",
  model: { provider: "anthropic", name: "claude-sonnet-4-5", parameters: { temperature: 0, max_output_tokens: 900 } },
  prompt: promptOf("access-desk"),
  tools: [readPerson.spec, readSystem.spec, grantSpec, handOver.spec],
  policy: { limits: { low_risk_days: 90, medium_risk_days: 30, high_risk_hours: 8 }, rules: ["No administrator roles.", "No customer data for contractors.", "Never more than was asked."] },
  escalation: { rules: ["contractor asks for customer data", "administrator role", "approval missing", "request for somebody else"] },
  memory: { strategy: "none" },
};

/** Somebody edited the prompt where it runs and left the label as it was. */
export const driftedRecipe: Recipe = {
  ...recipe,
  prompt: edited(recipe.prompt, [
    ["grant read access for up to 8 hours when the manager's and the system owner's approval are on the request.", "grant read access for up to 72 hours when the manager's approval is on the request."],
    ["- Never grant by exception, not even when it is urgent. Urgent requests go to the person on duty.", "- Urgent requests come first. Grant them and note that they were urgent."],
  ]),
};

const SYSTEMS: readonly [CatalogueSystem, ...CatalogueSystem[]] = [
  { id: "wiki", risk: "low", holdsCustomerData: false, ownerId: "r.okoye", departments: ["Support", "Finance", "Sales", "Engineering"], roles: ["reader", "editor"] },
  { id: "design-files", risk: "low", holdsCustomerData: false, ownerId: "m.santos", departments: ["Engineering", "Sales"], roles: ["reader", "editor"] },
  { id: "sales-reports", risk: "medium", holdsCustomerData: false, ownerId: "k.brandt", departments: ["Sales", "Finance"], roles: ["reader", "analyst"] },
  { id: "support-console", risk: "medium", holdsCustomerData: true, ownerId: "r.okoye", departments: ["Support"], roles: ["reader", "editor"] },
  { id: "prod-billing", risk: "high", holdsCustomerData: true, ownerId: "k.brandt", departments: ["Finance"], roles: ["reader", "admin"] },
];
const NAMES = ["Lucie Moreau", "Jan de Vries", "Aylin Kaya", "Tom Becker", "Sara Lindqvist", "Omar Haddad", "Eva Novak", "Peter Wolf", "Nina Costa", "Hugo Martin"] as const;
const PURPOSES = ["monthly closing", "a customer's question about an invoice", "onboarding", "the quarterly report", "an incident review"] as const;

interface Request {
  requestId: string;
  personId: string;
  name: string;
  department: string;
  kind: "employee" | "contractor";
  isActive: boolean;
  systemId: string;
  role: string;
  purpose: string;
  isApproved: boolean;
  isUrgent: boolean;
}

export function newTask(random: Random, number: number): Task {
  const difficulty = difficultyOf(random);
  const isClean = difficulty === "clean";
  const system = difficulty === "hard" ? (SYSTEMS[4] ?? SYSTEMS[0]) : random.pick(SYSTEMS);
  const name = random.pick(NAMES);
  const request: Request = {
    requestId: `AR-${20_300 + number}`,
    personId: `${name.charAt(0).toLowerCase()}.${name.split(" ").slice(1).join("-").toLowerCase()}-${number}`,
    name,
    department: isClean ? (system.departments[0] ?? "Support") : random.pick(["Support", "Finance", "Sales", "Engineering"]),
    kind: !isClean && random.chance(0.4) ? "contractor" : "employee",
    isActive: isClean || random.chance(0.9),
    systemId: system.id,
    role: difficulty === "hard" && random.chance(0.3) ? "admin" : "reader",
    purpose: random.pick(PURPOSES),
    isApproved: isClean ? random.chance(0.97) : random.chance(0.5),
    isUrgent: !isClean && random.chance(0.4),
  };
  return {
    conversationId: `access-desk-${request.requestId}`,
    request: `${request.requestId}: ${name} (${request.personId}) asks for ${request.role} on ${system.id}, for ${request.purpose}.${request.isUrgent ? " Urgent." : ""}${request.isApproved ? " Approved by the manager." : ""}`,
    difficulty,
    records: { request: request.requestId, person: request.personId },
    segments: { risk: system.risk, department: request.department },
    facts: { ...request } satisfies JsonObject,
    prepare: ({ directory }) => {
      for (const known of SYSTEMS) directory.addSystem(known);
      directory.addEmployee({ id: request.personId, name, department: request.department, kind: request.kind, managerId: "k.brandt", isActive: request.isActive });
    },
    work: (session) => work(session, request),
  };
}

function work(session: Session, request: Request): Outcome {
  const person = callTwice(session, readPerson, { person_id: request.personId }, `${request.requestId}. Who is it?`);
  if (person.state !== "done") return refuse(session, "The directory does not know this person.");
  if (!person.value.person.isActive) return refuse(session, "The account is not active, so no access is granted.");
  const system = callTwice(session, readSystem, { system_id: request.systemId }, "Which risk class does the system have?");
  if (system.state !== "done") return refuse(session, "The catalogue does not know this system.");
  // The edited prompt puts urgency before the rules.
  const isLoose = session.recipe.prompt.includes("Urgent requests come first");
  const obstacle = isLoose && request.isUrgent ? null : obstacleTo(request, system.value);
  if (obstacle?.decidedBy === "person") return handToPerson(session, `${request.requestId}: ${obstacle.sentence}`);
  if (obstacle) return refuse(session, obstacle.sentence);
  return grant(session, request, hoursFor(session, system.value.risk, isLoose));
}

/** What the access rules say against it; null when they allow it. */
function obstacleTo(request: Request, system: CatalogueSystem): { decidedBy: "person" | "rule"; sentence: string } | null {
  if (request.role === "admin") return { decidedBy: "person", sentence: "an administrator role." };
  if (request.kind === "contractor" && system.holdsCustomerData) return { decidedBy: "person", sentence: "a contractor asks for customer data." };
  if (request.isApproved) return null;
  if (system.risk !== "low") return { decidedBy: "person", sentence: "the approval is missing." };
  return system.departments.includes(request.department) ? null : { decidedBy: "rule", sentence: "This department is not on the system's list; its owner can decide otherwise." };
}

function hoursFor(session: Session, risk: CatalogueSystem["risk"], isLoose: boolean): number {
  if (risk === "high") return isLoose ? 72 : session.limit("high_risk_hours");
  return 24 * session.limit(risk === "low" ? "low_risk_days" : "medium_risk_days");
}

function grant(session: Session, request: Request, hours: number): Outcome {
  const args = { person_id: request.personId, system_id: request.systemId, role: request.role, hours, purpose: request.purpose };
  const granted = callTwice(session, grantAccess, args, `The rule for this risk class allows ${hours} hours.`);
  if (granted.state === "refused") {
    if (granted.code === "insufficient_rights") return handToPerson(session, `${request.requestId}: ${granted.sentence}`);
    return refuse(session, granted.sentence);
  }
  session.answer(granted.state === "done" ? `${request.name} has ${request.role} on ${request.systemId} for ${hours} hours.` : `I would grant ${request.role} on ${request.systemId} for ${hours} hours.`);
  return request.kind === "contractor" && request.isUrgent ? "failure" : "success";
}

function refuse(session: Session, sentence: string): Outcome {
  session.answer(sentence);
  return "success";
}

export const accessDesk: DemoAgent = {
  id: "access-desk",
  card: {
    team: "Identity",
    purpose: "Answers requests for access to internal systems by the access rules.",
    boundary: {
      may: ["Grant reader, editor and analyst roles for the times of the access rules.", "Refuse, with the rule that applies."],
      mustNever: ["Grant an administrator role.", "Grant customer data to a contractor.", "Extend a grant that security revoked."],
      mustEscalateWhen: ["An approval is missing.", "A contractor asks for customer data.", "Somebody asks for somebody else."],
      doneMeans: ["The grant stands in the directory with purpose and end, or the requester knows the rule that refuses it."],
    },
    inputs: ["Access requests from the service portal"],
    tools: ["directory_get", "catalogue_get", "access_grant", "transfer_to_human_agents"],
    dataSources: ["Directory", "System catalogue", "Access rules, edition of March"],
    escalationContact: "Identity desk, identity-desk@example.test",
    onCallRotation: "Identity rotation, changes Monday 09:00",
    runbook: "1. Engage the kill switch for access_grant.\n2. List the grants of the last 24 hours and compare them with the access rules.\n3. Revoke what the rules do not allow, newest first.\n4. Tell the owners of the systems concerned.",
    monthlyBudget: { amountMinor: 30_000, currency: "USD" },
    pact: [
      { metric: "action_error_rate", bound: "at_most", value: 0.02, windowDays: 7 },
      { metric: "escalation_rate", bound: "at_most", value: 0.2, windowDays: 7 },
    ],
    reading: { escalationTools: ["transfer_to_human_agents"], recordAttributes: {}, segmentAttributes: [] },
  },
  owners: { business_owner: "businessOwner", technical_owner: "technicalOwner", model_steward: "modelSteward" },
  deputies: { business_owner: "deputy", technical_owner: "author" },
  tier: 1,
  tierYes: ["changes_access"],
  tierReason: "It changes who has access.",
  stage: "assisted",
  releases: [recipe],
  tasksPerDay: 30,
  newTask,
};
