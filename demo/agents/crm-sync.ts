// crm-sync: keeps contact records correct. The healthy one of the fleet.

import { edited, parameters, type JsonObject, type Recipe, type ToolSpec } from "../recipe.ts";
import type { Outcome, Session, Tool } from "../session.ts";
import type { Contact, ContactField } from "../records/contact-list.ts";
import type { Random } from "../random.ts";
import { callTwice, difficultyOf, handOver, handToPerson, promptOf, type DemoAgent, type Task } from "./demo-agent.ts";

const contactId = { type: "string", description: "For instance c_20114." };
const text = (description: string) => ({ type: "string", description });

const findContact: Tool<{ email: string }, Contact[]> = {
  spec: { name: "contact_find", description: "Finds contacts by e-mail address.", effect: "read", system: "crm", inputSchema: parameters({ email: { type: "string", format: "email" } }) },
  run: ({ email }, { contacts }) => contacts.find({ email }),
};
const updateSpec: ToolSpec = {
  name: "contact_update", description: "Changes fields of a contact, if nobody else changed it since it was read.", effect: "write", system: "crm",
  inputSchema: parameters({
    contact_id: contactId, revision: { type: "integer", minimum: 1 },
    fields: { type: "object", properties: { name: text("Full name"), company: text("Company"), email: text("E-mail address"), phone: text("Telephone"), title: text("Job title") }, additionalProperties: false, maxProperties: 5 },
  }),
  compensation: { description: "The earlier revision is written back.", withinHours: 720 },
};
const updateContact: Tool<{ contact_id: string; revision: number; fields: Partial<Record<ContactField, string>> & JsonObject }, { revision: number }> = {
  spec: updateSpec,
  run: ({ contact_id, revision, fields }, { contacts }) => ({ revision: contacts.update(contact_id, revision, fields).revision }),
};
const mergeContacts: Tool<{ keep_id: string; other_id: string }, { kept: string }> = {
  spec: { name: "contact_merge", description: "Merges two records of the same contact; both histories stay.", effect: "write", system: "crm", inputSchema: parameters({ keep_id: contactId, other_id: contactId }), compensation: { description: "contact_split separates them again.", withinHours: 720 } },
  run: ({ keep_id, other_id }, { contacts }) => ({ kept: contacts.merge(keep_id, other_id).id }),
};
const addNote: Tool<{ contact_id: string; text: string }, { notes: number }> = {
  spec: { name: "contact_note", description: "Adds a note to a contact.", effect: "write", system: "crm", inputSchema: parameters({ contact_id: contactId, text: text("One sentence: what, where from, when.") }), compensation: { description: "The note is struck out." } },
  run: (args, { contacts }) => contacts.note(args.contact_id, args.text),
};

const current: Recipe = {
  label: "1.7.0",
  model: { provider: "openai", name: "gpt-4.1-mini", parameters: { temperature: 0, max_output_tokens: 600 } },
  prompt: promptOf("crm-sync"),
  tools: [findContact.spec, updateSpec, mergeContacts.spec, addNote.spec, handOver.spec],
  policy: { limits: { fields_per_update: 5, updates_per_hour: 200 }, rules: ["Consent fields are never changed.", "Nothing is deleted."] },
  escalation: { rules: ["more than five fields", "two candidates that differ", "record marked do not contact"] },
  memory: { strategy: "none" },
};
/** Approved and being tried beside the current one: shorter notes. */
export const candidateRecipe: Recipe = { ...current, label: "1.8.0", prompt: edited(current.prompt, [["One sentence: what changed, where it was read, when.", "One sentence of at most fifteen words: what changed, where it was read, when."]]) };

/** Before the model was changed, a reviewed change of the first days. */
export const earlierRecipe: Recipe = { ...current, label: "1.6.2", model: { provider: "openai", name: "gpt-4o", parameters: { temperature: 0, max_output_tokens: 600 } } };

const NAMES = ["Clara Schmidt", "Noah Jansen", "Mia Rossi", "Leo Dubois", "Ines Garcia", "Paul Meyer", "Julia Horvat", "Max Eriksen"] as const;
const COMPANIES = ["Alder Freight", "Bluebird Dental", "Copperline", "Dune Optics", "Elmwood Foods", "Fjord Analytics"] as const;
const TITLES = ["Head of Purchasing", "Office Manager", "Finance Lead", "Plant Manager"] as const;

interface Notice {
  contactId: string;
  name: string;
  company: string;
  email: string;
  change: "phone" | "title" | "duplicate" | "hearsay";
  value: string;
  isLocked: boolean;
  isRaced: boolean;
}

export function newTask(random: Random, number: number): Task {
  const difficulty = difficultyOf(random);
  const name = random.pick(NAMES);
  const company = random.pick(COMPANIES);
  const change: Notice["change"] = difficulty === "ambiguous" ? random.pick(["duplicate", "hearsay"]) : random.pick(["phone", "title"]);
  const notice: Notice = {
    contactId: `c_${20_000 + number}`, name, company, change,
    email: `${name.toLowerCase().replace(" ", ".")}.${number}@${company.toLowerCase().replace(" ", "-")}.test`,
    value: change === "title" ? random.pick(TITLES) : `+49 30 ${random.int(1_000_000, 9_999_999)}`,
    isLocked: difficulty === "hard" && random.chance(0.4),
    isRaced: difficulty === "hard",
  };
  return {
    conversationId: `crm-sync-M-${70_000 + number}`,
    request: `Message M-${70_000 + number} from ${notice.email}: ${sentenceOf(notice)}`,
    difficulty,
    records: { crm: notice.contactId, message: `M-${70_000 + number}` },
    segments: { region: random.weighted([["DACH", 5], ["Nordics", 2], ["Iberia", 1]]), source: random.pick(["signature", "web form", "bounce"]) },
    facts: { ...notice } satisfies JsonObject,
    prepare: ({ contacts }) => {
      const base = { name, company, email: notice.email, phone: "+49 30 1000000", title: "Buyer" };
      contacts.add({ id: notice.contactId, ...base, doNotContact: notice.isLocked });
      if (change === "duplicate") contacts.add({ id: `${notice.contactId}b`, ...base });
    },
    work: (session) => work(session, notice),
  };
}

function sentenceOf({ change, value, name }: Notice): string {
  if (change === "duplicate") return `"I am in your list twice, please check." ${name}`;
  if (change === "hearsay") return `"I heard that ${name} has a new number, ${value}."`;
  return change === "phone" ? `signature: "${name}, ${value}"` : `signature: "${name}, ${value}"`;
}

function work(session: Session, notice: Notice): Outcome {
  const found = callTwice(session, findContact, { email: notice.email }, "I look for the contact by e-mail address.");
  if (found.state !== "done") return handToPerson(session, "The CRM did not answer twice.");
  const [contact, other] = found.value;
  if (!contact) return handToPerson(session, "No contact has this address.");
  if (notice.change === "hearsay") return note(session, contact.id, `A third person says the number is ${notice.value}; not confirmed.`);
  if (notice.change === "duplicate" && other) return merge(session, contact.id, other.id);
  const fields = notice.change === "title" ? { title: notice.value } : { phone: notice.value };
  // A colleague saves meanwhile: the first attempt then meets a conflict, and the record is read again.
  const revision = notice.isRaced ? contact.revision + 1 : contact.revision;
  const first = callTwice(session, updateContact, { contact_id: contact.id, revision, fields }, "The signature is certain. I update that field only.");
  if (first.state === "refused" && first.code === "locked_record") return handToPerson(session, first.sentence);
  if (first.state === "refused") {
    const again = callTwice(session, updateContact, { contact_id: contact.id, revision: contact.revision, fields }, "Read again; the field still needs the change.");
    if (again.state === "refused") return handToPerson(session, again.sentence);
  }
  return note(session, contact.id, `${notice.change} read in a signature of ${notice.email}.`);
}

function merge(session: Session, keepId: string, otherId: string): Outcome {
  const merged = callTwice(session, mergeContacts, { keep_id: keepId, other_id: otherId }, "E-mail address and company are equal: one contact.");
  if (merged.state === "refused") return handToPerson(session, merged.sentence);
  session.answer("Merged the two records.");
  return "success";
}

function note(session: Session, contactId: string, sentence: string): Outcome {
  const noted = callTwice(session, addNote, { contact_id: contactId, text: sentence }, "I leave the source as a note.");
  if (noted.state === "refused") return handToPerson(session, noted.sentence);
  session.answer("The record is up to date.");
  return session.random.chance(0.985) ? "success" : "failure";
}

export const crmSync: DemoAgent = {
  id: "crm-sync",
  card: {
    team: "Sales operations",
    purpose: "Keeps contact records in the CRM correct from messages, forms and bounces.",
    boundary: {
      may: ["Update up to five fields of a contact.", "Merge two records with equal e-mail address and company.", "Leave notes."],
      mustNever: ["Change consent fields or the account's owner.", "Delete a contact.", "Touch a record marked do not contact."],
      mustEscalateWhen: ["More than five fields differ.", "Two candidates differ."],
      doneMeans: ["The record holds what the message says, with its source in a note."],
    },
    inputs: ["E-mail signatures, web forms, bounces"],
    tools: ["contact_find", "contact_update", "contact_merge", "contact_note", "transfer_to_human_agents"],
    dataSources: ["CRM contacts", "Sales mailbox"],
    escalationContact: "Sales operations, sales-ops@example.test",
    onCallRotation: "Business applications rotation, changes Monday 09:00",
    runbook: "1. Lower the stage to assisted.\n2. List the updates of the last day in the CRM's history.\n3. Write the earlier revisions back.\n4. Tell the account owners.",
    monthlyBudget: { amountMinor: 12_000, currency: "USD" },
    pact: [
      { metric: "success_rate", bound: "at_least", value: 0.95, windowDays: 7 },
      { metric: "cost_per_task", bound: "at_most", value: 0.02, windowDays: 30 },
      { metric: "latency_p95", bound: "at_most", value: 15, windowDays: 7 },
    ],
    reading: { escalationTools: ["transfer_to_human_agents"], recordAttributes: {}, segmentAttributes: [] },
  },
  owners: { business_owner: "businessOwner", technical_owner: "author", model_steward: "modelSteward" },
  deputies: { business_owner: "deputy", technical_owner: "technicalOwner" },
  tier: 2,
  tierYes: ["acts_unasked"],
  tierReason: "Everything it does can be undone inside the house.",
  stage: "bounded",
  releases: [earlierRecipe, current],
  tasksPerDay: 40,
  newTask,
};
