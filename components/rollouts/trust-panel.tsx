import { StatusShape, type StatusKind } from "@/components/ui/status-mark.tsx";

export interface TrustCheck {
  name: string;
  kind: StatusKind;
  /** What was found, as a sentence. */
  detail: string;
}

export function TrustPanel({ checks }: { checks: readonly TrustCheck[] }) {
  return (
    <div>
      <h3>Can the comparison be trusted?</h3>
      <p className="meta mb-3">checks on the experiment itself</p>
      <ul className="checks">
        {checks.map(({ name, kind, detail }) => (
          <li key={name}>
            <StatusShape kind={kind} />
            <span><b className="font-medium">{name}.</b> <span className="text-fg-2">{detail}</span></span>
          </li>
        ))}
      </ul>
    </div>
  );
}
