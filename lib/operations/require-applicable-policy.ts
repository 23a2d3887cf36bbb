// Can the gate apply the policy text of this manifest to its own tools?

import type { Manifest } from "../domain/manifest.ts";
import { BadInput } from "../errors.ts";

const SHOWN = 3;

/** Refuses it with the place of each error: what is reviewed must be something that can be applied. */
export async function requireApplicablePolicy({ policy, tools }: Pick<Manifest, "policy" | "tools">): Promise<void> {
  if (policy?.cedar === undefined) return;
  // The engine has four megabytes; a process that never sees a policy text never loads it.
  const [{ preparePolicy }, { problemSentence }] = await Promise.all([import("../policy/prepare-policy.ts"), import("../policy/policy-problem.ts")]);
  const preparation = preparePolicy(policy.cedar, tools);
  if (preparation.ok) return;
  const { errors } = preparation;
  const rest = errors.length > SHOWN ? ` There are ${errors.length - SHOWN} more errors.` : "";
  throw new BadInput(`The policy text cannot be applied to these tools. ${errors.slice(0, SHOWN).map((error) => `At ${problemSentence(error)}.`).join(" ")}${rest}`);
}
