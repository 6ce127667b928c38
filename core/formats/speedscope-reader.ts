/**
 * Reads speedscope's own JSON (https://www.speedscope.app/file-format-schema.json) as a stream of bytes: evented and sampled profiles, each a thread of
 * its own. Units of time become nanoseconds; of bytes and of things without a unit, one becomes a nanosecond, and the thread's name says so.
 */
import { counted } from '../base/counted.ts';
import { damagedProfile, type JsonPlace, listPlace, numberPlace, objectPlace, readJson, textPlace } from './json-places.ts';
import { NumberList } from './number-list.ts';
import { ProfileRecording, type ReadOptions } from './profile-recording.ts';
import { MAX_SAMPLED_DEPTH, type SampledCalls, type SampledFrame } from './sampled-calls.ts';

const PORTION = 100_000;
const MAX_PROFILES = 4096;
const NS_PER_UNIT: Readonly<Record<string, number>> = { nanoseconds: 1, microseconds: 1e3, milliseconds: 1e6, seconds: 1e9 };

interface SpeedscopeProfile {
  type: string;
  name: string;
  unit: string;
  startValue: number;
  endValue: number;
  /** Frame and time of each event; the frame of a close is below zero: -1 - frame. */
  readonly events: NumberList;
  /** Frames of all samples, and how many each of them has. */
  readonly frames: NumberList;
  readonly lengths: NumberList;
  readonly weights: NumberList;
}

interface SpeedscopeFile {
  readonly frames: SampledFrame[];
  readonly profiles: SpeedscopeProfile[];
  leftOut: number;
  exporter: string;
}

export async function* readSpeedscope(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const file: SpeedscopeFile = { frames: [], profiles: [], leftOut: 0, exporter: '' };
  const end = await readJson(source, filePlace(file));
  if (file.profiles.length === 0) throw damagedProfile('speedscope profile', end);
  const starts = file.profiles.map((profile) => profile.startValue * factorOf(profile)).filter(Number.isFinite);
  const startNs = Math.min(...starts);
  const recording = new ProfileRecording(options, BigInt(Math.round(Math.max(0, Number.isFinite(startNs) ? startNs : 0))));
  const process = recording.builder.process({ pid: 1, name: options.title || 'speedscope profile' });
  const found = new Oddities();
  for (const [index, profile] of file.profiles.entries()) {
    const calls = recording.calls(process, index, threadName(profile, index));
    const functions = new Functions(file.frames, calls);
    const zeroNs = Math.max(0, Number.isFinite(startNs) ? startNs : 0);
    if (profile.type === 'evented') yield* evented(profile, recording, calls, functions, zeroNs, found);
    else yield* sampled(profile, recording, calls, functions, zeroNs);
    found.unknown += functions.unknown;
  }
  if (end.kind !== 'whole') {
    recording.lost(end.kind, 1, `The profile is ${end.kind === 'cut' ? 'cut' : 'damaged'} at byte ${end.at}: it was read up to there.`, `byte ${end.at}`);
  }
  recording.lost('many-profiles', file.leftOut, counted(`# {profile|profiles} beyond the first ${MAX_PROFILES} {was|were} left out.`, file.leftOut));
  recording.lost('unknown-frame', found.unknown, counted('# {event is of a frame|events are of frames} that the file does not have.', found.unknown));
  recording.lost('end-without-begin', found.unopened, counted('# {frame is closed that was|frames are closed that were} not open.', found.unopened));
  recording.lost(
    'mismatched-end',
    found.crossed,
    counted('# {frame was still open when one around it|frames were still open when one around them} was closed.', found.crossed),
  );
  recording.lost(
    'begin-without-end',
    found.left,
    counted(
      '# {frame was opened and not closed: it is shown up to the end of its|frames were opened and not closed: they are shown up to the end of their} profile.',
      found.left,
    ),
  );
  yield* recording.finish('speedscope', file.exporter === '' ? {} : { exporter: file.exporter });
}

class Oddities {
  unknown = 0;
  unopened = 0;
  crossed = 0;
  left = 0;
}

function filePlace(file: SpeedscopeFile): JsonPlace {
  let frame = { name: '', file: '', line: 0, column: 0 };
  const frames = objectPlace(
    {
      name: textPlace((name) => {
        frame.name = name;
      }),
      file: textPlace((path) => {
        frame.file = path;
      }),
      line: numberPlace((line) => {
        frame.line = Math.max(0, Math.floor(line)) || 0;
      }),
      col: numberPlace((column) => {
        frame.column = Math.max(0, Math.floor(column)) || 0;
      }),
    },
    {
      begin: () => {
        frame = { name: '', file: '', line: 0, column: 0 };
      },
      end: () => file.frames.push(frame),
    },
  );
  return objectPlace({
    shared: objectPlace({ frames: listPlace(frames) }),
    profiles: listPlace(profilePlace(file)),
    exporter: textPlace((exporter) => {
      file.exporter = exporter.slice(0, 200);
    }),
  });
}

function profilePlace(file: SpeedscopeFile): JsonPlace {
  let profile = newProfile();
  let event = { kind: '', frame: -1, at: Number.NaN };
  const into = <K extends 'type' | 'name' | 'unit'>(key: K): JsonPlace =>
    textPlace((text) => {
      profile[key] = text;
    });
  const events = objectPlace(
    {
      type: textPlace((kind) => {
        event.kind = kind;
      }),
      frame: numberPlace((index) => {
        event.frame = index;
      }),
      at: numberPlace((at) => {
        event.at = at;
      }),
    },
    {
      begin: () => {
        event = { kind: '', frame: -1, at: Number.NaN };
      },
      end: () => {
        profile.events.push(event.kind === 'C' ? -1 - event.frame : event.frame);
        profile.events.push(event.at);
      },
    },
  );
  let length = 0;
  const sample = listPlace(
    numberPlace((index) => {
      profile.frames.push(index);
      length++;
    }),
    {
      begin: () => {
        length = 0;
      },
      end: () => profile.lengths.push(length),
    },
  );
  return objectPlace(
    {
      type: into('type'),
      name: into('name'),
      unit: into('unit'),
      startValue: numberPlace((value) => {
        profile.startValue = value;
      }),
      endValue: numberPlace((value) => {
        profile.endValue = value;
      }),
      events: listPlace(events),
      samples: listPlace(sample),
      weights: listPlace(numberPlace((weight) => profile.weights.push(weight))),
    },
    {
      begin: () => {
        profile = newProfile();
      },
      end: () => {
        if (file.profiles.length < MAX_PROFILES) file.profiles.push(profile);
        else file.leftOut++;
      },
    },
  );
}

const newProfile = (): SpeedscopeProfile => ({
  type: '',
  name: '',
  unit: 'none',
  startValue: 0,
  endValue: Number.NaN,
  events: new NumberList(),
  frames: new NumberList(),
  lengths: new NumberList(),
  weights: new NumberList(),
});

const factorOf = ({ unit }: SpeedscopeProfile): number => (Object.hasOwn(NS_PER_UNIT, unit) ? (NS_PER_UNIT[unit] as number) : 1);

function threadName(profile: SpeedscopeProfile, index: number): string {
  const name = profile.name || `profile ${index + 1}`;
  if (profile.unit === 'bytes') return `${name} (1 ns is 1 byte)`;
  if (!Object.hasOwn(NS_PER_UNIT, profile.unit)) return `${name} (1 ns is 1 unit)`;
  return profile.type === 'sampled' ? `${name} (sampled)` : name;
}

/** Ids of the file's frames in one stream. */
class Functions {
  unknown = 0;
  readonly #frames: readonly SampledFrame[];
  readonly #calls: SampledCalls;
  readonly #ids = new Map<number, number>();

  constructor(frames: readonly SampledFrame[], calls: SampledCalls) {
    this.#frames = frames;
    this.#calls = calls;
  }

  /** 0: there is none. */
  of(index: number): number {
    const known = this.#ids.get(index);
    if (known !== undefined) return known;
    const frame = this.#frames[index];
    if (frame === undefined) {
      this.unknown++;
      return 0;
    }
    const id = this.#calls.function(frame);
    this.#ids.set(index, id);
    return id;
  }
}

function* evented(
  profile: SpeedscopeProfile,
  recording: ProfileRecording,
  calls: SampledCalls,
  functions: Functions,
  zeroNs: number,
  found: Oddities,
): Generator<Uint8Array, void, undefined> {
  const { events } = profile;
  const factor = factorOf(profile);
  const stack = new Uint32Array(MAX_SAMPLED_DEPTH);
  let depth = 0;
  let at = profile.startValue;
  for (let i = 0; i < events.length; i += 2) {
    const frame = events.at(i);
    at = Math.max(at, events.at(i + 1)) || at;
    const id = functions.of(frame < 0 ? -1 - frame : frame);
    if (id === 0) continue;
    if (frame >= 0) {
      if (depth < stack.length) stack[depth] = id;
      depth++;
    } else {
      let open = Math.min(depth, stack.length) - 1;
      while (open >= 0 && stack[open] !== id) open--;
      if (open < 0) found.unopened++;
      else {
        found.crossed += depth - 1 - open;
        depth = open;
      }
    }
    recording.at(at * factor - zeroNs);
    calls.sample(recording.high, recording.low, stack, Math.min(depth, stack.length));
    if (i % PORTION === PORTION - 2) yield* recording.take();
  }
  found.left += depth;
  recording.at((Number.isFinite(profile.endValue) ? Math.max(profile.endValue, at) : at) * factor - zeroNs);
  calls.end(recording.high, recording.low);
}

function* sampled(
  profile: SpeedscopeProfile,
  recording: ProfileRecording,
  calls: SampledCalls,
  functions: Functions,
  zeroNs: number,
): Generator<Uint8Array, void, undefined> {
  const { frames, lengths, weights } = profile;
  const factor = factorOf(profile);
  const stack = new Uint32Array(MAX_SAMPLED_DEPTH);
  let at = profile.startValue;
  let from = 0;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths.at(i);
    let depth = 0;
    for (let f = 0; f < Math.min(length, stack.length); f++) {
      const id = functions.of(frames.at(from + f));
      if (id !== 0) stack[depth++] = id;
    }
    from += length;
    recording.at(at * factor - zeroNs);
    calls.sample(recording.high, recording.low, stack, depth);
    at += weights.length > 0 ? Math.max(0, weights.at(i)) || 0 : 1;
    if (i % PORTION === PORTION - 1) yield* recording.take();
  }
  recording.at(at * factor - zeroNs);
  calls.end(recording.high, recording.low);
}
