import { createRequire } from 'node:module';
import path from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { TraceData, TraceEvent } from '../../plugin-api/trace-data.ts';
import { FRAME_HEADER_BYTES, FrameType } from '../../protocol/target-wire.ts';
import { readKept } from '../kept-events.ts';
import type * as save from '../save/save.ts';

/** Of an event as an object, on average: a measured 400 to 900, by kind. */
const EVENT_BYTES = 1000;

/** Loaded when it is needed: it takes longer to load than the tracer. */
export function loadSave(tracerFolder: string): typeof save {
  const file = path.join(tracerFolder, 'save.cjs');
  const require = createRequire(file);
  const loaded = require(file) as typeof save;
  delete require.cache[file];
  return loaded;
}

/** The events of this process, as plugins get them. */
export class OwnEvents {
  readonly #tracerFolder: string;
  readonly #maxEvents: number;
  #bytes = 0;
  /** Events that were given to handlers, by thread. */
  #given: ReadonlyMap<number | undefined, number> | undefined;

  constructor(tracerFolder: string, maxEvents: number) {
    this.#tracerFolder = tracerFolder;
    this.#maxEvents = maxEvents;
  }

  /**
   * `elsewhere` if there are more than may be handled here, if not all have been kept, or if they would take more than half of the
   * memory that V8 may still use: the script must not run out of it because of a plugin.
   */
  take(): TraceData | 'elsewhere' {
    const data = this.#read();
    if (data !== 'elsewhere') this.#given = countByThread(data.traceEvents);
    return data;
  }

  /** What has been recorded since `take`: listeners of `exit` may record, too. */
  late(): TraceEvent[] {
    const length = recordBytes(readKept());
    if (!this.#given || length === this.#bytes) return [];
    const data = this.#read();
    if (data === 'elsewhere') return [];
    const left = new Map(this.#given);
    return data.traceEvents.filter((event) => {
      if (event.ph === 'M') return false;
      const skip = left.get(event.tid) ?? 0;
      left.set(event.tid, skip - 1);
      return skip <= 0;
    });
  }

  #read(): TraceData | 'elsewhere' {
    const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
    const room = (limit - used) / 2;
    const length = recordBytes(readKept());
    const frames = readKept();
    if (!frames || length * 3 > room) return 'elsewhere';
    this.#bytes = length;
    return loadSave(this.#tracerFolder).traceDataOf(frames, { maxEvents: Math.min(this.#maxEvents, room / EVENT_BYTES) }) ?? 'elsewhere';
  }
}

/** Bytes of records: how they are cut into frames may change from one reading to the next. */
function recordBytes(frames: Iterable<Uint8Array> | undefined): number {
  let length = 0;
  for (const frame of frames ?? []) if (frame[4] === FrameType.DATA) length += frame.length - FRAME_HEADER_BYTES;
  return length;
}

function countByThread(events: readonly TraceEvent[]): Map<number | undefined, number> {
  const counts = new Map<number | undefined, number>();
  for (const { ph, tid } of events) if (ph !== 'M') counts.set(tid, (counts.get(tid) ?? 0) + 1);
  return counts;
}
