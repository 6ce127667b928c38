/** Every text of the statistics that a user reads. */
import { baseName, folderOf, plural } from '../../state/words.ts';
import type { GroupBy, NameInfo } from '../../trace/trace-worker-api.ts';
import type { ColumnId } from './columns.ts';
import type { FigureColumn } from './figure-order.ts';

export const words = {
  panel: 'Statistics',
  table: (by: GroupBy) => `Statistics by ${by}`,
  groupBy: 'Group by',
  groups: { name: 'Name', file: 'File', category: 'Category', thread: 'Thread' },
  counterGroup: 'Counters',
  filter: 'Filter',
  filterRows: 'Filter statistics',
  columnTitles: 'Columns',
  columns: { count: 'Count', total: 'Total', self: 'Self', mean: 'Mean', min: 'Min', max: 'Max', p50: 'P50', p99: 'P99' },
  titles: {
    count: 'Slices that reach into the range',
    total: 'Time within the range; a call of itself counts once',
    self: 'Time within the range without what was called',
    mean: 'Mean duration',
    min: 'Shortest duration',
    max: 'Longest duration',
    p50: 'Half of the durations are at most this long. Worked out for the rows in sight.',
    p99: '99 % of the durations are at most this long. Worked out for the rows in sight.',
  } satisfies Record<ColumnId, string>,
  sortedBy: (column: string, descending: boolean) => `${column}, sorted, ${descending ? 'greatest first' : 'least first'}`,
  sortBy: (column: string) => `Sort by ${column.toLowerCase()}`,
  share: { total: '% total', self: '% self' },
  shareTitle: { total: 'Total, as a share of what all rows took themselves', self: 'Self, as a share of what all rows took themselves' },
  percent: (share: number) => (share > 0 && share < 0.001 ? '<0.1 %' : `${(share * 100).toFixed(1)} %`),
  counted: (by: GroupBy, groups: number, done: number) =>
    `${plural(groups, MANY[by].one, MANY[by].many)}${done < 1 ? `, ${Math.floor(done * 100)} % looked at` : ''}`,
  /** What has no file, or no category. */
  unnamed: { name: '(no name)', file: '(no file)', category: '(no category)', thread: '(no name)' },
  counters: {
    table: 'Counters within the range',
    name: 'Counter',
    tooMany: (most: number) => `Filter to at most ${most.toLocaleString('en-US')} series, then they can be sorted by this`,
    columns: { samples: 'Samples', last: 'Last', min: 'Min', max: 'Max', mean: 'Mean', delta: 'Delta', rate: 'Rate / s' } satisfies Record<
      FigureColumn,
      string
    >,
    titles: {
      samples: 'Values that were written within the range',
      last: 'Value at the end of the range',
      min: 'Least value, also of the one that holds at the start',
      max: 'Greatest value, also of the one that holds at the start',
      mean: 'Mean of the values',
      delta: 'Last value less the one at the start of the range',
      rate: 'Delta for each second of the range',
    } satisfies Record<FigureColumn, string>,
    none: 'Values that the script counts appear here, with their least, greatest and mean in the range.',
    noMatch: 'The filter looks for its text in the names of counters and their series.',
  },
  copy: 'Copy as CSV',
  copied: (rows: number, total: number, isWhole: boolean) =>
    rows < total ? `The first ${plural(rows, 'row')} of ${total.toLocaleString('en-US')} copied` : `${plural(rows, 'row')} copied${isWhole ? '' : ' so far'}`,
  notCopied: 'The statistics could not be copied',
  notFound: 'The slice could not be found',
  none: {
    title: 'calls or slices',
    text: 'Calls are recorded where the run configuration says so: Capture, Calls. Durations that the script logs are counted too.',
  },
  noneHere: { title: 'Nothing ran in this range', text: 'Zoom out, select another range, or let go of it with Esc.' },
  noMatch: { title: 'No row matches', text: (by: GroupBy) => `The filter looks for its text in the ${MANY[by].many}.` },
  failed: 'The statistics could not be worked out',
} as const;

const MANY: Readonly<Record<GroupBy, { readonly one: string; readonly many: string }>> = {
  name: { one: 'name', many: 'names' },
  file: { one: 'file', many: 'files' },
  category: { one: 'category', many: 'categories' },
  thread: { one: 'thread', many: 'threads' },
};

/** What a row is called, and beside it, paler, where that is: "hash", "hash.js:3"; of a file "hash.js", "/home/ann/code". */
export function labelOf(by: GroupBy, label: string, about: Pick<NameInfo, 'file' | 'line'> | undefined): { readonly label: string; readonly place: string } {
  if (label === '') return { label: words.unnamed[by], place: '' };
  if (by === 'name') return { label, place: about ? placeText(about) : '' };
  const base = baseName(label);
  return by === 'file' && base !== label ? { label: base, place: folderOf(label) } : { label, place: '' };
}

const placeText = ({ file, line }: Pick<NameInfo, 'file' | 'line'>): string => (file === '' || line === 0 ? baseName(file) : `${baseName(file)}:${line}`);
