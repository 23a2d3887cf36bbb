import { StatusShape } from "@/components/ui/status-mark.tsx";
import type { MathematicsLine } from "@/lib/domain/verdict-mathematics.ts";

/** By which formula each piece of evidence was reached, and what it is compared with. */
export function FormulaTable({ lines }: { lines: readonly MathematicsLine[] }) {
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Formulas">
      <table className="tbl tbl-plain">
        <caption className="sr-only">Formulas behind the verdict</caption>
        <thead><tr><th scope="col">Evidence that</th><th scope="col">Formula</th><th scope="col" className="num">E</th><th scope="col">counts at</th></tr></thead>
        <tbody>
          {lines.map(({ name, formula, value, line, isReached }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="min-w-[36ch] whitespace-normal">{formula}</td>
              <td className="num">{value}</td>
              <td className="min-w-[16ch] whitespace-normal">{isReached && <StatusShape kind="met" className="mr-1 inline" />}{line ?? "decides nothing"}{isReached && ", reached"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
