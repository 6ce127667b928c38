/** The formats that a trace can be written in, and the names of files that can be opened: one table for the window, the command line and the host. */

interface ExportFormatWords {
  readonly label: string;
  /** What its files are called, and who reads them. */
  readonly text: string;
  /** Ends of names that mean it, without a dot in front; the first one is suggested. */
  readonly extensions: readonly string[];
}

export const EXPORT_FORMATS = {
  'chrome-json': { label: 'Chrome JSON', text: '.json, for Perfetto, DevTools and VizTracer', extensions: ['json'] },
  'chrome-json-gz': { label: 'Chrome JSON, compressed', text: '.json.gz, the same at about a tenth of the size', extensions: ['json.gz'] },
  recording: { label: 'Recording', text: '.tsr, a copy that opens here with everything', extensions: ['tsr'] },
  html: { label: 'HTML report', text: '.html, opens in any browser, without the studio and without a network', extensions: ['html', 'htm'] },
  perfetto: { label: 'Perfetto trace', text: '.pftrace, for ui.perfetto.dev, also where JSON is too large', extensions: ['pftrace', 'perfetto-trace'] },
  'viztracer-json': {
    label: 'VizTracer JSON',
    text: '.viztracer.json, names of functions with their place, as VizTracer has them',
    extensions: ['viztracer.json'],
  },
  cpuprofile: { label: 'CPU profile', text: '.cpuprofile, one thread’s calls for DevTools and VS Code', extensions: ['cpuprofile'] },
  speedscope: { label: 'speedscope', text: '.speedscope.json, calls for speedscope.app', extensions: ['speedscope.json', 'speedscope'] },
  collapsed: { label: 'Collapsed stacks', text: '.folded, summed calls for flame graphs', extensions: ['folded', 'collapsed', 'txt'] },
  csv: { label: 'CSV', text: '.csv, the values of all counters', extensions: ['csv'] },
} as const satisfies Record<string, ExportFormatWords>;

export type ExportFormat = keyof typeof EXPORT_FORMATS;
export const EXPORT_FORMAT_NAMES = Object.keys(EXPORT_FORMATS) as readonly ExportFormat[];

/** What a name's end means; `compressed` where `.gz` stands behind it. Undefined: nothing that is known. */
export function formatOfName(name: string): { readonly format: ExportFormat; readonly compressed: boolean } | undefined {
  const lower = name.toLowerCase();
  const own = byEnd(lower);
  if (own !== undefined) return { format: own, compressed: own === 'chrome-json-gz' };
  const inner = lower.endsWith('.gz') ? byEnd(lower.slice(0, -3)) : undefined;
  // A recording and a report are as small as they get.
  return inner === undefined || inner === 'recording' || inner === 'html' ? undefined : { format: inner, compressed: true };
}

function byEnd(name: string): ExportFormat | undefined {
  let best: ExportFormat | undefined;
  let longest = 0;
  for (const format of EXPORT_FORMAT_NAMES) {
    for (const extension of EXPORT_FORMATS[format].extensions) {
      if (extension.length <= longest || !name.endsWith(`.${extension}`)) continue;
      best = format;
      longest = extension.length;
    }
  }
  return best;
}

/** Ends of the names of files that can be opened. What a file is, its first bytes tell: this only sorts what a dialog shows. */
export const TRACE_EXTENSIONS: readonly string[] = [
  'tsr',
  'json',
  'gz',
  'zst',
  'html',
  'cpuprofile',
  'heapprofile',
  'speedscope',
  'folded',
  'collapsed',
  'txt',
  'pftrace',
  'perfetto-trace',
  'ndjson',
  'jsonl',
];

/** Parts of a recording that an export may leave out, with what they are to a user. */
export const EXPORT_PARTS = {
  launch: 'How it was run',
  console: 'Console output',
  counters: 'Counters',
  objects: 'Objects and their snapshots',
  arguments: 'Arguments and results of calls',
  notes: 'Marks and notes',
  sources: 'Source texts',
} as const;
export type ExportPart = keyof typeof EXPORT_PARTS;
export const EXPORT_PART_NAMES = Object.keys(EXPORT_PARTS) as readonly ExportPart[];

/** Tables that a CSV file can hold, each with what its rows are. */
export const EXPORT_TABLES = ['counters', 'slices', 'instants', 'statistics'] as const;
export type ExportTable = (typeof EXPORT_TABLES)[number];
