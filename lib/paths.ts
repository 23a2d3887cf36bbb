// Where does everything live? The one place that spells the console's addresses.

type Query = Record<string, string | number | undefined>;

function withQuery(path: string, query: Query = {}): string {
  const entries = Object.entries(query).filter((entry): entry is [string, string | number] => entry[1] !== undefined && entry[1] !== "");
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries.map(([key, value]) => [key, String(value)])).toString()}`;
}

const encode = encodeURIComponent;

export const paths = {
  /** Leads on to the page that fits the roles of whoever comes. */
  home: () => "/",
  now: () => "/now",
  nowNeeds: (query?: Query) => withQuery("/now/needs", query),
  signIn: (from?: string) => withQuery("/sign-in", { from }),
  firstRun: () => "/first-run",
  inbox: (query?: Query) => withQuery("/inbox", query),
  agents: (query?: Query) => withQuery("/agents", query),
  newAgent: (query?: Query) => withQuery("/agents/new", query),
  agent: (agentId: string) => `/agents/${encode(agentId)}`,
  agentCard: (agentId: string) => `/agents/${encode(agentId)}/card`,
  agentReadiness: (agentId: string) => `/agents/${encode(agentId)}/readiness`,
  agentA2aCard: (agentId: string) => `/agents/${encode(agentId)}/card/a2a`,
  agentMetrics: (agentId: string, query?: Query) => withQuery(`/agents/${encode(agentId)}/metrics`, query),
  agentVersions: (agentId: string, query?: Query) => withQuery(`/agents/${encode(agentId)}/versions`, query),
  agentVersion: (agentId: string, number: number) => `/agents/${encode(agentId)}/versions/${number}`,
  registerVersion: (agentId: string, query?: Query) => withQuery(`/agents/${encode(agentId)}/versions/new`, query),
  agentPolicy: (agentId: string, query?: Query) => withQuery(`/agents/${encode(agentId)}/policy`, query),
  agentHooks: (agentId: string) => `/agents/${encode(agentId)}/hooks`,
  agentQuality: (agentId: string, query?: Query) => withQuery(`/agents/${encode(agentId)}/quality`, query),
  agentAuthority: (agentId: string) => `/agents/${encode(agentId)}/authority`,
  changes: (query?: Query) => withQuery("/changes", query),
  changeQuality: (query?: Query) => withQuery("/changes/quality", query),
  change: (changeId: string, query?: Query) => withQuery(`/changes/${encode(changeId)}`, query),
  rollouts: (query?: Query) => withQuery("/rollouts", query),
  rollout: (rolloutId: string, query?: Query) => withQuery(`/rollouts/${encode(rolloutId)}`, query),
  finding: (findingId: string) => `/inbox/findings/${encode(findingId)}`,
  actions: (query?: Query) => withQuery("/actions", query),
  action: (actionId: string) => `/actions/${encode(actionId)}`,
  actionQuality: (query?: Query) => withQuery("/actions/quality", query),
  undos: (query?: Query) => withQuery("/actions/undos", query),
  undo: (undoId: string) => `/actions/undos/${encode(undoId)}`,
  runs: (query?: Query) => withQuery("/runs", query),
  run: (runId: string, query?: Query) => withQuery(`/runs/${encode(runId)}`, query),
  risk: (query?: Query) => withQuery("/risk", query),
  portfolio: (query?: Query) => withQuery("/portfolio", query),
  portfolioCsv: (query?: Query) => withQuery("/api/console/portfolio", { ...query, format: "csv" }),
  tierGuide: (agentId: string) => `/risk/${encode(agentId)}`,
  /** Outside the console: chooses what to stop, and shows a stop that was stored. */
  stop: (query?: Query) => withQuery("/stop", query),
  stops: (query?: Query) => withQuery("/stops", query),
  stopOf: (stopId: string) => `/stops/${encode(stopId)}`,
  stopKeys: (stopId: string) => `/stops/${encode(stopId)}/keys`,
  log: (query?: Query) => withQuery("/log", query),
  settings: () => "/settings",
  settingsPeople: (query?: Query) => withQuery("/settings/people", query),
  settingsKeys: (query?: Query) => withQuery("/settings/keys", query),
  settingsPrices: (query?: Query) => withQuery("/settings/prices", query),
  settingsReviewPolicy: () => "/settings/review-policy",
  settingsMe: () => "/settings/me",
  settingsKeyboard: () => "/settings/keyboard",
} as const;
