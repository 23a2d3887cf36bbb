// Who works with the demo: one person for each role, and one more who ships changes.

export const PEOPLE = {
  viewer: { name: "Lena Fischer", email: "lena.fischer@example.test", roles: ["viewer"], title: "Viewer", see: "the agents and their runs, with nothing to decide" },
  operator: { name: "Ana Ruiz", email: "ana.ruiz@example.test", roles: ["operator"], title: "Operator", see: "the inbox: a critical change and an unreviewed change" },
  onCall: { name: "Jonas Beck", email: "jonas.beck@example.test", roles: ["on_call"], title: "On-call", see: "access-desk, held at shadow, and why" },
  technicalOwner: { name: "Priya Nair", email: "priya.nair@example.test", roles: ["viewer"], title: "Technical owner", see: "the versions of refund-bot and what changed between them" },
  modelSteward: { name: "Daniel Okafor", email: "daniel.okafor@example.test", roles: ["viewer"], title: "Model steward", see: "access-desk's prompt in live traffic beside the approved one" },
  businessOwner: { name: "Ingrid Holm", email: "ingrid.holm@example.test", roles: ["viewer"], title: "Business owner", see: "a change of refund-bot that waits for her word, and the risk page" },
  auditor: { name: "Sofia Marin", email: "sofia.marin@example.test", roles: ["auditor"], title: "Auditor", see: "the log of everything that was decided" },
  administrator: { name: "Henrik Lund", email: "henrik.lund@example.test", roles: ["administrator"], title: "Administrator", see: "people, keys, prices and the re-review policy" },
  author: { name: "Tomás Vega", email: "tomas.vega@example.test", roles: ["viewer"], title: "Technical owner", see: "runbook-runner and crm-sync, which he answers for" },
  deputy: { name: "Marc Weiss", email: "marc.weiss@example.test", roles: ["viewer"], title: "Deputy business owner", see: "the same as Ingrid Holm, until her return" },
} as const satisfies Record<string, { name: string; email: string; roles: readonly string[]; title: string; see: string }>;

export type PersonKey = keyof typeof PEOPLE;

export const PERSON_KEYS = Object.keys(PEOPLE) as PersonKey[];

/** Those who do something through the API while the demo is set up, each with a key of their own. */
export const PEOPLE_WITH_KEYS = ["administrator", "businessOwner", "deputy", "technicalOwner", "author", "modelSteward"] as const satisfies readonly PersonKey[];
