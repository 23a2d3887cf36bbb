// Which manifest would give these components? The way back from what is stored to what a person can read and edit.

import { manifestSchema, type Component, type Manifest } from "./manifest.ts";

/** Throws when the components are not those of one recipe, for instance without a model. */
export function manifestOfComponents(components: readonly Component[], label?: string | null): Manifest {
  const contentsOf = (kind: Component["kind"]) => components.filter((component) => component.kind === kind).map((component) => component.content);
  const single = (kind: "policy" | "memory" | "escalation" | "workflow") => {
    const [content] = contentsOf(kind);
    return content === undefined ? {} : { [kind]: content };
  };
  const retrieval = contentsOf("retrieval");
  return manifestSchema.parse({
    ...(label ? { label } : {}),
    model: contentsOf("model")[0],
    prompt: contentsOf("prompt"),
    tools: contentsOf("tool"),
    ...single("policy"), ...single("memory"), ...single("escalation"), ...single("workflow"),
    ...(retrieval.length > 0 ? { retrieval } : {}),
  });
}
