import { FormMessage } from "@/components/ui/form-message.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Time } from "@/components/ui/time.tsx";

interface CameBackProps {
  why: string;
  approvedAt: Date;
  approvedNumber: number | null;
  /** They may approve it again. */
  isYours: boolean;
  /** Leads to what differs between what they approved and what is proposed now, or from there back to the whole change. */
  diffHref: string;
  isCompared: boolean;
}

/** For the person whose approval is void: who made it so, and what they have not read yet. */
export function CameBack({ why, approvedAt, approvedNumber, isYours, diffHref, isCompared }: CameBackProps) {
  return (
    <FormMessage kind="info" title={isYours ? "This came back to you: your approval is void." : "Your approval is void."}>
      <p>{why} You approved {approvedNumber === null ? "it" : `version ${approvedNumber}`} <Time at={approvedAt} show="both" />.</p>
      {approvedNumber !== null && <p className="mt-2"><Link className="link inline-flex min-h-6 items-center" href={diffHref}>{isCompared ? "Show the whole change" : "Show only what changed since you approved"}</Link></p>}
    </FormMessage>
  );
}
