import type { ReactNode } from "react";

interface TableOfSeriesProps {
  caption: string;
  /** The first column names the row, usually the time. */
  columns: readonly string[];
  /** Formatted; "no data" is written, never left blank. */
  rows: readonly (readonly string[])[];
  /** A last column of what is not a figure, in the order of the rows. */
  notes?: { header: string; cells: readonly ReactNode[] } | undefined;
  summary?: string | undefined;
}

/** The same figures as the chart, as a table, folded until somebody wants it. */
export function TableOfSeries({ caption, columns, rows, notes, summary = "View as table" }: TableOfSeriesProps) {
  return (
    <details className="series">
      <summary>{summary}</summary>
      <div className="scroll" tabIndex={0} role="region" aria-label={caption}>
        <table className="tbl tbl-plain">
          <caption className="sr-only">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={column} scope="col" className={index === 0 ? undefined : "num"}>
                  {column}
                </th>
              ))}
              {notes && <th scope="col">{notes.header}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, place) => (
              <tr key={row[0]}>
                {row.map((cell, index) => (index === 0 ? <th key={columns[index]} scope="row" className="whitespace-nowrap">{cell}</th> : <td key={columns[index]} className="num">{cell}</td>))}
                {notes && <td className="whitespace-nowrap">{notes.cells[place]}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
