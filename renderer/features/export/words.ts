/** Texts of the export dialog. */
import { formatCount } from '../../drawing/format.ts';
import { formatBytes } from '../../state/words.ts';
import type { SourceTotals } from '../../trace/trace-worker-api.ts';

export const words = {
  title: 'Export trace',
  format: 'Format',
  picture: { label: 'Picture of the timeline', text: '.png, the tracks in view as they are drawn now' },
  range: 'Range',
  ranges: { all: 'All', view: 'In view', selection: 'Selected' },
  parts: 'What leaves',
  counts: (count: number, what: string) => (count === 0 ? 'none' : `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`),
  sources: ({ files, bytes, leftOut }: SourceTotals) =>
    [
      files === 0
        ? 'none'
        : `the code of ${formatCount(files)} file${files === 1 ? '' : 's'}, ${formatBytes(bytes)}, in a recording, an HTML report and VizTracer JSON`,
      ...(leftOut > 0 ? [`${formatCount(leftOut)} too large`] : []),
    ].join('; '),
  argumentsHint: 'as far as they were recorded',
  launchHint: (command: string) => (command === '' ? 'not known' : command),
  table: 'Table',
  tables: { counters: 'Counters', slices: 'Slices', instants: 'Instants', statistics: 'Statistics' },
  thread: 'Thread',
  busiest: 'The one with most calls',
  size: 'Size',
  measuring: 'Working it out',
  unknown: 'Not known before it is written',
  about: (bytes: number, isExact: boolean) => `${isExact ? '' : 'About '}${formatBytes(bytes)}`,
  noSize: (why: string) => `Not known: ${why}`,
  begin: 'How it begins',
  cannotHold: 'What this format cannot hold',
  copyConvert: 'Copy as command',
  copyRun: 'Copy run as command',
  copied: 'The command is in the clipboard',
  noTimeline: 'The timeline is not in sight.',
  pictured: 'The picture was written',

  // export-dialog
  writing: 'Writing',
  far: (events: number, done: number, all: number) => `${formatCount(events)} events, ${formatBytes(done)} of ${formatBytes(all)} read`,
  /** A path follows. */
  exportedTo: (events: number) => `Exported ${formatCount(events)} events to`,
  close: 'Close',
  back: 'Back',
  cancel: 'Cancel',
  replace: 'Replace',
  export: 'Export',
  inBackground: 'Go on in the background',
  cancelExport: 'Cancel export',
  showInFolder: 'Show in folder',
  done: 'Done',
  file: 'File',
  besideHint: 'Written beside the recording unless changed',
  change: 'Change…',
  exportProgress: 'Export progress',
  cancelled: 'The export was cancelled. Nothing was written.',
  failed: 'The export failed.',
} as const;
