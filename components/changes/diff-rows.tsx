import type { DiffLine, DiffRow } from "@/lib/domain/lay-out-text-diff.ts";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";

const SIGNS = { same: "", added: "+", removed: "−" } as const;
const SPOKEN = { same: "", added: "added: ", removed: "removed: " } as const;
const MAX_LINE_LENGTH = 8_000;

function Segments({ line }: { line: DiffLine }) {
  const Mark = line.kind === "added" ? "ins" : "del";
  return line.segments.map((segment, index) => {
    const text = <UntrustedText key={index} text={segment.text} maxLength={MAX_LINE_LENGTH} />;
    return segment.isChanged && segment.text !== "" ? <Mark key={index}>{text}</Mark> : text;
  });
}

function Line({ line }: { line: DiffLine }) {
  return (
    <div className={line.kind} data-differs={line.kind === "same" ? undefined : ""}>
      <span className="no">{line.number ?? ""}</span>
      <span className="sign" aria-hidden="true">{SIGNS[line.kind]}</span>
      {line.label === undefined ? (
        <span>
          <span className="sr-only">{SPOKEN[line.kind]}</span>
          <Segments line={line} />
        </span>
      ) : (
        <span className="named">
          <span style={{ paddingLeft: `${Math.min(line.depth ?? 0, 6)}ch` }}>
            <span className="sr-only">{SPOKEN[line.kind]}</span>
            <UntrustedText text={line.label} maxLength={300} />
          </span>
          <span>
            <Segments line={line} />
          </span>
        </span>
      )}
    </div>
  );
}

/** `isNamed`: the lines carry a label instead of a number. */
export function DiffRows({ rows, isNamed }: { rows: readonly DiffRow[]; isNamed: boolean }) {
  return (
    <div className={isNamed ? "diff diff-entries" : "diff"}>
      {rows.map((row, index) => {
        if (row.kind === "skipped" || row.kind === "note") {
          return (
            <div className="skipped" key={index}>
              <span className="no" />
              <span className="sign" />
              <span>{row.kind === "note" ? row.text : `${row.count.toLocaleString("en")} unchanged ${isNamed ? (row.count === 1 ? "entry" : "entries") : "lines"}`}</span>
            </div>
          );
        }
        return <Line line={row} key={index} />;
      })}
    </div>
  );
}
