/** What the panel says. */
import type { FunctionRule } from '../../../core/protocol/target-wire.ts';
import { baseName, plural } from '../../state/words.ts';

export const words = {
  views: { functions: 'Functions', muted: 'Muted', 'left-alone': 'Left alone' },
  sorts: { count: 'Most calls', total: 'Most time', self: 'Most of their own' },
  mute: (what: string) => `Mute ${what}`,
  muteFile: (file: string) => `Mute all of ${baseName(file)}`,
  record: (what: string) => `Record ${what} again`,
  notMuted: 'It was not muted',
  counted: (functions: number, done: number) => `${plural(functions, 'function')}${done < 1 ? ', still counting' : ''}`,
  noCalls: { title: 'calls', text: 'Calls are recorded where the run configuration says so: Capture, Calls, Every call.' },
  noMatch: { title: 'No function matches', text: 'The filter looks for its text in the names of functions.' },
  nothingMuted: {
    title: 'Nothing is muted',
    text: 'Mute a function or its file in the list of functions: its calls are not recorded from then on, and cost next to nothing.',
  },
  nothingLeftAlone: { title: 'No file was left alone', text: 'Files whose calls could not be recorded are listed here, each with the reason.' },

  // functions-panel
  whatIsListed: 'What is listed',
  functions: 'Functions',
  filterFunctions: 'Filter functions',
  filterByName: 'Filter by name',
  order: 'Order of functions',
  mostCalled: 'Most called',
  table: 'Functions by their calls',
  function: 'Function',
  place: 'Place',
  calls: 'Calls',
  time: 'Time',
  itsOwn: 'Its own',
  muteTitle: 'Mute',
  muted: 'muted',
  mutedList: 'Muted functions and files',
  leftAlone: 'Left alone',
  leftAloneTable: 'Files that were left alone',
  file: 'File',
  process: 'Process',
  why: 'Why',
} as const;

/** "hash, hash.js:3"; of a whole file "all of hash.js". */
export const ruleWords = ({ file, name, line }: FunctionRule): string =>
  name === undefined && line === undefined ? `all of ${baseName(file)}` : `${name ?? 'what begins'}, ${placeWords(file, line ?? 0)}`;

export const placeWords = (file: string, line: number): string => (file === '' ? '' : line === 0 ? baseName(file) : `${baseName(file)}:${line}`);
