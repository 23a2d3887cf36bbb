// research-scout: answers questions from the internal library. Reads only, and its card is not finished.

import { parameters, type JsonObject, type Recipe } from "../recipe.ts";
import type { Outcome, Session, Tool } from "../session.ts";
import type { Library } from "../records/library.ts";
import type { Random } from "../random.ts";
import { callTwice, difficultyOf, handOver, handToPerson, promptOf, type DemoAgent, type Task } from "./demo-agent.ts";

const search: Tool<{ query: string; limit: number }, ReturnType<Library["search"]>> = {
  spec: { name: "library_search", description: "Searches the internal library.", effect: "read", system: "library", inputSchema: parameters({ query: { type: "string" }, limit: { type: "integer", minimum: 1, maximum: 10 } }) },
  run: ({ query, limit }, { library }) => library.search(query, limit),
};
const open: Tool<{ document_id: string }, ReturnType<Library["open"]>> = {
  spec: { name: "library_open", description: "Opens a document of the library.", effect: "read", system: "library", inputSchema: parameters({ document_id: { type: "string" } }) },
  run: ({ document_id }, { library }) => library.open(document_id),
};

const recipe: Recipe = {
  label: "0.9",
  model: { provider: "openai", name: "gpt-4o", parameters: { temperature: 0.4, max_output_tokens: 1_600 } },
  prompt: promptOf("research-scout"),
  tools: [search.spec, open.spec, handOver.spec],
  policy: { limits: { documents_per_question: 4 }, rules: ["Nothing under embargo is read."] },
  escalation: { rules: ["people, salaries, legal disputes, takeovers"] },
  memory: { strategy: "none" },
};

type Topic = readonly [name: string, words: readonly string[]];
const TOPICS: readonly [Topic, ...Topic[]] = [
  ["heat pumps", ["heat", "pumps", "prices", "subsidy"]],
  ["returns in fashion", ["returns", "fashion", "rate", "cost"]],
  ["parcel prices", ["parcel", "prices", "carriers", "increase"]],
  ["packaging rules", ["packaging", "rules", "recycling", "deadline"]],
  ["card fees", ["card", "fees", "interchange", "cap"]],
];

interface Question {
  questionId: string;
  topic: string;
  words: string[];
  year: number;
  hasEmbargo: boolean;
  isMissing: boolean;
  isDelicate: boolean;
}

export function newTask(random: Random, number: number): Task {
  const difficulty = difficultyOf(random);
  const [topic, words] = random.pick(TOPICS);
  const question: Question = {
    questionId: `Q-${1_200 + number}`, topic, words: [...words], year: random.int(2023, 2026),
    hasEmbargo: difficulty === "ambiguous" && random.chance(0.5),
    isMissing: difficulty === "hard" && random.chance(0.6),
    isDelicate: difficulty === "hard" && random.chance(0.3),
  };
  return {
    conversationId: `research-scout-${question.questionId}`,
    request: `${question.questionId}: what do we know about ${topic} in ${question.year}${question.isDelicate ? ", and who of our people worked on it at what salary" : ""}?`,
    difficulty,
    records: { question: question.questionId },
    segments: { topic, desk: random.pick(["strategy", "purchasing", "legal"]) },
    facts: { ...question } satisfies JsonObject,
    prepare: ({ library }) => {
      if (question.isMissing) return;
      for (const index of [0, 1, 2]) {
        library.add({
          id: `doc_${number}_${index}`, title: `${topic}, ${["market note", "statistics", "minutes"][index] ?? "note"} ${question.year - index}`, year: question.year - index,
          words: words.slice(0, 4 - index), isUnderEmbargo: question.hasEmbargo && index === 0,
          text: `${topic}: ${words.map((word, place) => `${word} moved by ${(index + 1) * (place + 2)} % in ${question.year - index}`).join("; ")}. Collected from three suppliers and the statistics office; the figures are before revision.`,
        });
      }
    },
    work: (session) => work(session, question),
  };
}

function work(session: Session, question: Question): Outcome {
  if (question.isDelicate) return handToPerson(session, `${question.questionId} asks about people and salaries.`);
  const found = new Set<string>();
  for (const query of [question.words.slice(0, 2).join(" "), question.words.slice(1).join(" ")]) {
    const hits = callTwice(session, search, { query, limit: 3 }, `I search for "${query}".`);
    if (hits.state === "done") for (const hit of hits.value) found.add(hit.id);
  }
  const read = [...found].slice(0, session.limit("documents_per_question")).map((id) => callTwice(session, open, { document_id: id }, `I open ${id}.`));
  const useful = read.filter((answer) => answer.state === "done").length;
  if (useful === 0) {
    session.answer("Not found. I looked in the library with two searches and could not read a document on it.");
    return question.isMissing ? "success" : "failure";
  }
  session.answer(`${question.topic}: ${useful} documents agree on the direction for ${question.year}; the figures are before revision. Sources are named above.${useful < read.length ? " One document is under embargo." : ""}`);
  return session.random.chance(0.93) ? "success" : "failure";
}

export const researchScout: DemoAgent = {
  id: "research-scout",
  // Not finished on purpose: no rotation, no runbook, no budget, no pact, and only a deputy as model steward.
  card: {
    team: "Strategy",
    purpose: "Answers research questions from the internal library, with sources.",
    boundary: {
      may: ["Search and read the internal library."],
      mustNever: ["Read documents under embargo.", "Answer without a source."],
      mustEscalateWhen: ["A question is about people, salaries, disputes or takeovers."],
      doneMeans: ["A note of at most eight sentences, each with its source."],
    },
    inputs: ["Questions of analysts"],
    tools: ["library_search", "library_open", "transfer_to_human_agents"],
    dataSources: ["Internal library"],
    escalationContact: "Strategy desk, strategy@example.test",
    reading: { escalationTools: ["transfer_to_human_agents"], recordAttributes: {}, segmentAttributes: [] },
  },
  owners: { business_owner: "businessOwner", technical_owner: "technicalOwner" },
  deputies: { business_owner: "deputy", technical_owner: "author", model_steward: "modelSteward" },
  tier: 0,
  tierYes: [],
  tierReason: "It reads and suggests; an analyst acts.",
  stage: "shadow",
  releases: [recipe],
  tasksPerDay: 28,
  newTask,
};
