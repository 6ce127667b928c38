import type { TraceEventEnd, TraceEventTokenizer } from './trace-event-tokenizer.ts';

export const MAX_NAMES = 500_000;
/** A longer name is cut. */
export const MAX_NAME_BYTES = 64 * 1024;
export const MAX_THREADS = 4096;
export const MAX_OBJECTS = 1_000_000;
export const MAX_OPEN_SLICES = 10_000;
export const MAX_ARGS_BYTES = 512 * 1024;
export const MAX_MEMBERS = 4096;

/** What of a trace could not be taken in, counted while it is read; told in words at the end. */
export class ImportLosses {
  readonly phases = new Map<string, number>();
  withoutPhase = 0;
  unreadable = 0;
  negativeTime = 0;
  beforeStart = 0;
  endsWithoutBegin = 0;
  beginsWithoutEnd = 0;
  tooDeep = 0;
  threads = 0;
  objects = 0;
  names = 0;
  longNames = 0;
  counterValues = 0;
  args = 0;
  cutSnapshots = 0;
  members = 0;

  told(end: TraceEventEnd, text: Pick<TraceEventTokenizer, 'others' | 'tooLong'>): { count: number; message: string }[] {
    const told: { count: number; message: string }[] = [];
    const tell = (count: number, message: (count: string) => string): void => {
      if (count > 0) told.push({ count, message: message(count === 1 ? '1' : count.toLocaleString('en-US')) });
    };
    if (end.kind === 'cut') {
      const inside = end.from < end.at ? `, inside of what begins at byte ${end.from}` : '';
      told.push({ count: 1, message: `The trace was cut at byte ${end.at}${inside}: every event before is here, what came after is not.` });
    } else if (end.kind === 'damaged') {
      told.push({ count: 1, message: `The trace is damaged at byte ${end.at}: it was read up to there.` });
    } else if (end.kind === 'trailing') {
      told.push({ count: 1, message: `After the end of the trace more text follows, from byte ${end.at} on: it was not read.` });
    }
    const hidden = [...this.phases].filter(([phase]) => phase !== 'M');
    tell(
      hidden.reduce((sum, [, count]) => sum + count, 0),
      (count) => `${count} events are of kinds that are not shown yet: ${inWords(hidden)}.`,
    );
    tell(this.phases.get('M') ?? 0, (count) => `${count} metadata events other than names of processes and threads were left out.`);
    tell(
      this.withoutPhase + this.unreadable + text.others,
      (count) => `${count} events could not be read (no phase, no time, or values that are none) and were left out.`,
    );
    tell(text.tooLong, (count) => `${count} events longer than 16 MB were left out.`);
    tell(this.negativeTime, (count) => `${count} events have a time before zero: they are shown at zero of the trace's clock.`);
    tell(this.beforeStart, (count) => `${count} events lie before the start of the time axis: they are earlier than the first ones of the file.`);
    tell(this.endsWithoutBegin, (count) => `${count} ends (E) have no begin (B) and were left out.`);
    tell(this.beginsWithoutEnd, (count) => `${count} slices were begun (B) and not ended: they are shown up to the end of the trace.`);
    tell(this.tooDeep, (count) => `${count} slices nested deeper than ${MAX_OPEN_SLICES} were left out.`);
    tell(this.threads, (count) => `${count} events of threads beyond the first ${MAX_THREADS} were left out.`);
    tell(this.objects, (count) => `${count} events of objects beyond the first ${MAX_OBJECTS} were left out.`);
    tell(this.names, (count) => `${count} names beyond the first ${MAX_NAMES} different ones are not kept apart.`);
    tell(this.longNames, (count) => `${count} names were cut to ${MAX_NAME_BYTES / 1024} KB.`);
    tell(this.counterValues, (count) => `${count} values of counters are no numbers and were left out.`);
    tell(this.args, (count) => `The args of ${count} events are not JSON, or longer than ${MAX_ARGS_BYTES / 1024} KB, and were left out.`);
    tell(this.cutSnapshots, (count) => `${count} snapshots hold more than is kept of one: they were cut.`);
    tell(this.members, (count) => `${count} series beyond the first ${MAX_MEMBERS} of a counter were left out.`);
    return told;
  }
}

const PHASE_WORDS: Readonly<Record<string, string>> = {
  b: 'async',
  n: 'async',
  e: 'async',
  S: 'async',
  T: 'async',
  p: 'async',
  F: 'async',
  s: 'flow',
  t: 'flow',
  f: 'flow',
  P: 'sample',
  v: 'memory dump',
  V: 'memory dump',
  c: 'clock sync',
  '(': 'context',
  ')': 'context',
};

/** "12 async (b, e), 3 flow (s, f)". */
function inWords(phases: readonly (readonly [string, number])[]): string {
  const groups = new Map<string, { count: number; letters: string[] }>();
  for (const [letter, count] of phases) {
    const word = PHASE_WORDS[letter] ?? 'unknown';
    const group = groups.get(word) ?? { count: 0, letters: [] };
    group.count += count;
    group.letters.push(letter);
    groups.set(word, group);
  }
  return [...groups].map(([word, { count, letters }]) => `${count.toLocaleString('en-US')} ${word} (${letters.sort().join(', ')})`).join(', ');
}
