import { counted } from '../base/counted.ts';
import type { TraceEventEnd } from './trace-event-tokenizer.ts';

export const MAX_NAMES = 500_000;
/** A longer name is cut. */
export const MAX_NAME_BYTES = 64 * 1024;
export const MAX_THREADS = 4096;
export const MAX_OBJECTS = 1_000_000;
export const MAX_OPEN_SLICES = 10_000;
/** Async slices that are open at one time, and ends that wait for their begin. */
export const MAX_OPEN_ASYNC = 1_000_000;
export const MAX_FLOWS = 4_000_000;
export const MAX_ARGS_BYTES = 512 * 1024;
export const MAX_MEMBERS = 4096;

/** Something of a trace that could not be taken in, or that is not as it should be. */
export interface Issue {
  /** Stable word. */
  readonly kind: string;
  readonly count: number;
  /** In words, with the count. */
  readonly message: string;
  /** One case of it: where, or what. */
  readonly example?: string;
}

/** Sentences by kind: see `counted`. */
const WORDS = {
  'unknown-phase': '# {event is of a kind that is|events are of kinds that are} not known and {was|were} left out',
  'unreadable-event': '# {event|events} could not be read (no phase, no time, or values that are none) and {was|were} left out.',
  'long-event': '# {event|events} longer than 16 MB {was|were} left out.',
  'time-before-zero': "# {event has a time before zero: it is|events have a time before zero: they are} shown at zero of the trace's clock.",
  'event-before-start':
    '# {event is earlier than the first ones of the file: its time is|events are earlier than the first ones of the file: their times are} below zero.',
  'negative-duration':
    '# {slice has a duration below zero, or ends before it begins: it is|slices have a duration below zero, or end before they begin: they are} shown without length.',
  'end-without-begin': '# {end (E) has|ends (E) have} no begin (B) and {was|were} left out.',
  'begin-without-end': '# {slice was begun (B) and not ended: it is|slices were begun (B) and not ended: they are} shown up to the end of the trace.',
  'mismatched-end': '# {slice was still open when one around it ended: it is|slices were still open when one around them ended: they are} shown up to there.',
  'deep-slice': `# {slice|slices} nested deeper than ${MAX_OPEN_SLICES} {was|were} left out.`,
  'async-end-without-begin': '# {end of an async slice has|ends of async slices have} no begin and {was|were} left out.',
  'async-begin-without-end': '# {async slice was begun and not ended: it is|async slices were begun and not ended: they are} shown up to the end of the trace.',
  'many-open-async': `# async {event|events} beyond ${MAX_OPEN_ASYNC} open ones {was|were} left out.`,
  'many-flows': `# {point|points} of arrows beyond the first ${MAX_FLOWS} arrows {was|were} left out.`,
  'many-threads': `# {event|events} of threads beyond the first ${MAX_THREADS} {was|were} left out.`,
  'many-objects': `# {event|events} of objects beyond the first ${MAX_OBJECTS} {was|were} left out.`,
  'many-names': `# {name|names} beyond the first ${MAX_NAMES} different ones {is|are} not kept apart.`,
  'long-name': `# {name was|names were} cut to ${MAX_NAME_BYTES / 1024} KB.`,
  'not-a-number': '# {value of a counter is no number and was|values of counters are no numbers and were} left out.',
  'unreadable-args': `The args of # {event|events} are not JSON, or longer than ${MAX_ARGS_BYTES / 1024} KB, and were left out.`,
  'cut-snapshot': '# {snapshot holds more than is kept of one: it was|snapshots hold more than is kept of one: they were} cut.',
  'many-series': `# series beyond the first ${MAX_MEMBERS} of a counter {was|were} left out.`,
  'unreadable-samples': '# {event|events} of a CPU profile could not be read and {was|were} left out.',
  'many-metadata': '# metadata {event|events} beyond what is kept of them {was|were} left out.',
  'large-member':
    '# {member beside the events is larger than what is kept, and was|members beside the events are larger than what is kept, and were} left out.',
  'not-an-event': '# {thing between the events is none, and was|things between the events are none, and were} left out.',
} as const;
export type LossKind = keyof typeof WORDS;

/** What of a trace could not be taken in, counted while it is read; told in words at the end. */
export class ImportLosses {
  readonly #found = new Map<LossKind, { count: number; readonly example: string | undefined }>();
  readonly #phases = new Map<string, number>();

  /** `example`: asked for the first case only. */
  add(kind: LossKind, example?: () => string, count = 1): void {
    const found = this.#found.get(kind);
    if (found !== undefined) found.count += count;
    else if (count > 0) this.#found.set(kind, { count, example: example?.().slice(0, 500) });
  }

  count(kind: LossKind): number {
    return this.#found.get(kind)?.count ?? 0;
  }

  unknownPhase(phase: string, example: () => string): void {
    this.add('unknown-phase', example);
    const known = this.#phases.size < 64 ? phase.slice(0, 8) : '?';
    this.#phases.set(known, (this.#phases.get(known) ?? 0) + 1);
  }

  told(): Issue[] {
    return [...this.#found].map(([kind, { count, example }]) => {
      const sentence = counted(WORDS[kind], count);
      const message = kind === 'unknown-phase' ? `${sentence}: ${phasesInWords(this.#phases)}.` : sentence;
      return { kind, count, message, ...(example !== undefined && { example }) };
    });
  }
}

/** What is amiss with the text itself. */
export function issueOfEnd(end: TraceEventEnd): Issue | undefined {
  switch (end.kind) {
    case 'cut': {
      const inside = end.from < end.at ? `, inside of what begins at byte ${end.from}` : '';
      const message = `The trace was cut at byte ${end.at}${inside}: every event before is here, what came after is not.`;
      return { kind: 'cut', count: 1, message, example: `byte ${end.at}` };
    }
    case 'damaged':
      return { kind: 'damaged', count: 1, message: `The trace is damaged at byte ${end.at}: it was read up to there.`, example: `byte ${end.at}` };
    case 'trailing': {
      const message = `After the end of the trace more text follows, from byte ${end.at} on: it was not read.`;
      return { kind: 'trailing-text', count: 1, message, example: `byte ${end.at}` };
    }
    default:
      return undefined;
  }
}

const PHASE_WORDS: Readonly<Record<string, string>> = { v: 'memory dump', V: 'memory dump', '(': 'context', ')': 'context', '=': 'link' };

/** "12 memory dump (V, v), 3 unknown (q)". */
function phasesInWords(phases: ReadonlyMap<string, number>): string {
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
