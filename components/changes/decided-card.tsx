import { Card, CardBody } from "@/components/ui/card.tsx";
import { Fingerprint } from "@/components/ui/fingerprint.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { stateWord } from "@/lib/domain/change-words.ts";

interface DecidedCardProps {
  state: string;
  by: string | null;
  at: Date | null;
  reason: string | null;
  fingerprint: string;
  /** What it did, as a sentence. */
  effect: string;
  spotCheckedBy: string | null;
  spotCheckedAt: Date | null;
}

export function DecidedCard({ state, by, at, reason, fingerprint, effect, spotCheckedBy, spotCheckedAt }: DecidedCardProps) {
  const { word, mark } = stateWord(state);
  return (
    <Card title="Decision" id="decide" meta={<>for <Fingerprint value={fingerprint} /></>}>
      <CardBody className="grid gap-2">
        <p>
          <StatusMark kind={mark}>{word}</StatusMark>
          {by !== null && <span className="text-fg-2"> by {by.replace(/^system:.*/, "Holdpoint")}</span>}
          {at !== null && <span className="text-fg-3">, <Time at={at} show="both" /></span>}
        </p>
        {reason !== null && (
          <p className="dense text-fg-2">
            <UntrustedText text={reason} />
          </p>
        )}
        <p className="dense text-pretty text-fg-2">{effect}</p>
        {spotCheckedBy !== null && spotCheckedAt !== null && (
          <p className="meta">
            Spot-checked by {spotCheckedBy}, <Time at={spotCheckedAt} show="both" />
          </p>
        )}
      </CardBody>
    </Card>
  );
}
