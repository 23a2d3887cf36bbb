import { FormMessage } from "@/components/ui/form-message.tsx";
import { formatCount } from "@/lib/format.ts";

/** What the card lacks, and what follows from it. */
export function MissingMessage({ missing }: { missing: readonly string[] }) {
  if (missing.length === 0) return <FormMessage kind="info" title="The card is complete.">It sets no limit to the agent's authority.</FormMessage>;
  return (
    <FormMessage kind="warning" title={`The card lacks ${formatCount(missing.length, "thing")}, so the agent's authority is at most shadow.`}>
      <ul className="mt-1 list-disc pl-4">
        {missing.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </FormMessage>
  );
}
