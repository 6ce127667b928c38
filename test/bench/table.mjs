/** Prints rows of { figure, measured, goal, note } as a table that fits a README. */
export function printTable(title, rows) {
  console.log(`\n${title}\n`);
  const cells = [['figure', 'measured', 'goal', 'note'], ...rows.map((row) => [row.figure, row.measured, row.goal ?? '', row.note ?? ''])];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  console.log(line(cells[0]));
  console.log(`|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  for (const row of cells.slice(1)) console.log(line(row));
}

/** Middle value of an odd or even number of figures. */
export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
