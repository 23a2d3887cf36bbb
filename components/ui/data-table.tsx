import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { Link } from "./link.tsx";

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  align?: "left" | "right" | undefined;
  /** Where the table folds: 1 the name, first line left; 2 the state, first line right; 3 a fact with its header, second line; 4 left out, and left out already where the room is short. Default 3. */
  priority?: 1 | 2 | 3 | 4 | undefined;
  /** The header is shown in the table and left out on the folded row's second line, where the fact speaks for itself. */
  isSelfEvident?: boolean | undefined;
  /** A CSS width for the wide table. */
  width?: string | undefined;
  sort?: { href: string; direction?: "ascending" | "descending" | undefined } | undefined;
}

interface DataTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Makes the whole row press like its first column. */
  rowHref?: ((row: Row) => string | undefined) | undefined;
  /** Shown in place of the table when there are no rows: an `EmptyState`. */
  empty?: ReactNode;
  /** For a table inside a padded body: no padding at its sides. */
  isPlain?: boolean | undefined;
  showsCaption?: boolean | undefined;
}

export function DataTable<Row>({ caption, columns, rows, rowKey, rowHref, empty, isPlain = false, showsCaption = false }: DataTableProps<Row>) {
  if (rows.length === 0 && empty !== undefined) return empty;
  // Roles are spelled out because a folded table (display: flex) loses its own in some browsers.
  return (
    <div className="tbl-box">
      <table role="table" className={classNames("tbl tbl-fold", isPlain && "tbl-plain")}>
        <caption className={showsCaption ? "meta pb-1.5 text-left" : "sr-only"}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column, index) => (
              <HeaderCell key={column.key} column={column} isName={index === 0} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" key={rowKey(row)}>
              {columns.map((column, index) => (
                <BodyCell key={column.key} column={column} row={row} isName={index === 0} href={index === 0 ? rowHref?.(row) : undefined} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The first column is the name of its row unless it says otherwise. */
function priorityOf<Row>(column: Column<Row>, isName: boolean): string {
  return `p${column.priority ?? (isName ? 1 : 3)}`;
}

function HeaderCell<Row>({ column, isName }: { column: Column<Row>; isName: boolean }) {
  const direction = column.sort?.direction;
  return (
    <th role="columnheader" scope="col" aria-sort={direction} className={classNames(priorityOf(column, isName), column.align === "right" && "num")} style={column.width ? { width: column.width } : undefined}>
      {column.sort === undefined ? column.header : (
        <Link href={column.sort.href} scroll={false}>
          {column.header}
          <span aria-hidden="true">{direction === "ascending" ? "↑" : direction === "descending" ? "↓" : "↕"}</span>
        </Link>
      )}
    </th>
  );
}

function BodyCell<Row>({ column, row, isName, href }: { column: Column<Row>; row: Row; isName: boolean; href: string | undefined }) {
  const Cell = isName ? "th" : "td";
  const priority = priorityOf(column, isName);
  const content = column.cell(row);
  return (
    <Cell
      role={isName ? "rowheader" : "cell"}
      scope={isName ? "row" : undefined}
      className={classNames(priority, column.align === "right" && "num")}
      data-label={priority === "p3" && !column.isSelfEvident ? column.header : undefined}
    >
      {href === undefined ? content : (
        <Link className="link stretch" href={href}>
          {content}
        </Link>
      )}
    </Cell>
  );
}
