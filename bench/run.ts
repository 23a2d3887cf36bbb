// `npm run bench [-- NAME]`: prints figures and their ratio to a limit measured in the same run. Never asserts a time.

const QUESTIONS: Record<string, { about: string; run: () => Promise<void> }> = {
  "real-runs": { about: "Do recorded runs give the same figures through Holdpoint?", run: async () => (await import("./real-runs.ts")).realRuns() },
  "tool-drift": { about: "Are releases with the same version label told apart?", run: async () => (await import("./tool-drift.ts")).toolDrift() },
  ingest: { about: "How many spans per second become durable over HTTP?", run: async () => (await import("./ingest.ts")).ingest() },
  console: { about: "What does the console cost the browser?", run: async () => (await import("./console.ts")).consolePages() },
  stop: { about: "How long from a stored stop to the last point that obeys it?", run: async () => (await import("./stop.ts")).stop() },
  gate: { about: "How many tool calls per second can ask the gate?", run: async () => (await import("./gate.ts")).gate() },
  "recorded-gate": { about: "What would the gate have said to recorded calls, under their own written policy?", run: async () => (await import("./recorded-gate.ts")).recordedGate() },
  policy: { about: "How long does a decision by a policy text take?", run: async () => (await import("./policy.ts")).policy() },
  mcp: { about: "What does the MCP gateway add to a call?", run: async () => (await import("./mcp.ts")).mcp() },
  sdk: { about: "How large is the SDK, and how soon can a new process decide?", run: async () => (await import("./sdk.ts")).sdk() },
  pages: { about: "How long does the server take for each page?", run: async () => (await import("./pages.ts")).pages() },
  canary: { about: "Is the judge of rollouts never fooled, and how soon does it find what is worse?", run: async () => (await import("./canary.ts")).canary() },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(QUESTIONS, name));
if (unknown.length > 0) {
  console.error(`No such benchmark: ${unknown.join(", ")}. There are ${Object.keys(QUESTIONS).join(", ")}.`);
  process.exit(2);
}
for (const [name, { about, run }] of Object.entries(QUESTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n# ${name}: ${about}\n`);
  await run();
}
process.exit(process.exitCode ?? 0);

export {};
