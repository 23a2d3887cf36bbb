import { FormMessage } from "@/components/ui/form-message.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import type { SeedOutcome } from "@/lib/domain/seed-request.ts";

interface SeededOutcomeProps {
  outcome: SeedOutcome;
  /** What gave it away; names from outside stand in backticks. */
  why: string;
  /** What it would have done. */
  effect: string;
}

const TITLES: Record<SeedOutcome, string> = {
  refused: "This was a test by Holdpoint, and it was rightly refused.",
  corrected: "This was a test by Holdpoint, and what was wrong with it was changed.",
  approved: "This was a test by Holdpoint. It ought to have been refused.",
  expired: "This was a test by Holdpoint. Nobody decided in time.",
  ended: "This was a test by Holdpoint. It ended before anybody decided.",
};

/** For a request that Holdpoint made itself, once it is decided. */
export function SeededOutcome({ outcome, why, effect }: SeededOutcomeProps) {
  return (
    <FormMessage kind={outcome === "approved" ? "warning" : outcome === "refused" || outcome === "corrected" ? "success" : "info"} title={TITLES[outcome]}>
      {outcome === "approved" && <p>Had it been real, the agent would have been told to go ahead: <NamedText text={effect} />.</p>}
      {why !== "" && <p className="mt-1.5">{outcome === "approved" ? "What gave it away: " : ""}<NamedText text={why} /></p>}
      <p className="mt-1.5">Nothing was carried out. The agent did not ask for this and never hears of it.</p>
    </FormMessage>
  );
}
