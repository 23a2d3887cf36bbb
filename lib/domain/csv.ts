// How is a table written so that a spreadsheet opens it as it is, and runs none of it?

export type CsvCell = string | number | null;

/** What a spreadsheet takes for the beginning of a formula, also behind spaces. https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[\s\u0000]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r]/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/** Numbers stay numbers; in text a leading = + - @ is neutralised by an apostrophe. Null is an empty cell. */
function csvCell(cell: CsvCell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lines as RFC 4180 has them, each ended by CRLF. */
export const csvLines = (rows: readonly (readonly CsvCell[])[]): string => rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
