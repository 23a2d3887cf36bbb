import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";

export interface ShownRehearsal {
  last: { at: Date; by: string; isOk: boolean; sentence: string; isTried: boolean } | null;
  isChangedSince: boolean;
}

/** Never rehearsed is said as plainly as a failure. */
export function LastRehearsal({ last, isChangedSince, now }: ShownRehearsal & { now: Date }) {
  if (last === null) {
    return (
      <StatusMark kind="open" className="whitespace-normal">
        <span>Never rehearsed{isChangedSince && " as it is now; before, it was another one"}</span>
      </StatusMark>
    );
  }
  return (
    <div className="grid gap-0.5">
      <StatusMark kind={!last.isTried ? "unknown" : last.isOk ? "met" : "warning"} className="whitespace-normal">
        {last.isTried ? <span>Last rehearsed <Time at={last.at} now={now} />, {last.isOk ? "passed" : "failed"}</span> : <span>Could not be rehearsed <Time at={last.at} now={now} /></span>}
      </StatusMark>
      <p className="meta"><UntrustedText text={last.sentence} maxLength={300} /> By <UntrustedText text={last.by} maxLength={200} />.</p>
    </div>
  );
}
