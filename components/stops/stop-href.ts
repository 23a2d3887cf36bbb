import { paths } from "../../lib/paths.ts";

const ABOUT: Readonly<Record<string, string>> = { runs: "run", changes: "change", "inbox/findings": "finding", rollouts: "rollout", actions: "action", "actions/undos": "reversal" };

/** The stop page with the agent chosen that this address is about; without one, where it is about the house. */
export function stopHrefOf(pathname: string): string {
  const [, agentId] = /^\/(?:agents|risk)\/([^/]+)/.exec(pathname) ?? [];
  if (agentId && agentId !== "new") return paths.stop({ scope: `agent:${decoded(agentId)}` });
  const [, topic, id] = /^\/(runs|changes|inbox\/findings|rollouts|actions\/undos|actions)\/(?!quality$|undos$)([^/]+)/.exec(pathname) ?? [];
  return topic && id ? paths.stop({ about: `${ABOUT[topic] ?? topic}:${decoded(id)}` }) : paths.stop();
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
