/** A name that a spreadsheet would take for a formula, and work out, begins with a quote there. */
const FORMULA = /^[=+\-@\t]/;

/** One value as a cell of CSV (RFC 4180). */
function csvCell(value: string | number): string {
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line of CSV with its end. */
export const csvRow = (...cells: readonly (string | number)[]): string => `${cells.map(csvCell).join(',')}\r\n`;
