// Where is shown what an entry of the log is about?

import { paths } from "../../lib/paths.ts";

/** By what an id begins with, the page of what it names. */
const PAGE_OF: Readonly<Record<string, (id: string) => string>> = {
  ac: paths.action, ch: (id) => paths.change(id), fi: paths.finding, key: (id) => paths.settingsKeys({ q: id }), pe: (id) => paths.settingsPeople({ q: id }), pr: () => paths.settingsPrices(),
  ro: (id) => paths.rollout(id), ru: (id) => paths.run(id), st: paths.stopOf, un: paths.undo,
};

/** Where the subject of an entry is shown; null where nothing shows it. */
export function subjectHref(subject: string, agentId: string | null): string | null {
  if (subject === agentId) return paths.agent(subject);
  const at = subject.indexOf("_");
  const prefix = subject.slice(0, Math.max(0, at));
  return Object.hasOwn(PAGE_OF, prefix) ? (PAGE_OF[prefix]?.(subject) ?? null) : null;
}
