import { Time } from "./time.tsx";
import { UntrustedText } from "./untrusted-text.tsx";

export interface ShownComment {
  id: string;
  at: Date;
  who: string;
  text: string;
}

/** One line of a history: what somebody said of it. */
export function CommentEntry({ comment: { who, text, at } }: { comment: ShownComment }) {
  return (
    <li className="grid gap-1 px-4 py-2.5 text-dense">
      <p className="wrap-anywhere"><b className="font-medium">{who}</b> commented</p>
      <p className="text-fg-2"><UntrustedText text={text} maxLength={2_000} /></p>
      <p className="meta"><Time at={at} show="both" /></p>
    </li>
  );
}
