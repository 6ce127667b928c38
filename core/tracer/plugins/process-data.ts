import { createRequire } from 'node:module';
import path from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { TraceData } from '../../plugin-api/trace-data.ts';
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

/**
 * The events of this process as trace data; `elsewhere` if there are more than `maxEvents`, if not all have been kept, or if they
 * would take more than half of the memory that V8 may still use: the script must not run out of it because of a plugin.
 */
export function ownTraceData(tracerFolder: string, maxEvents: number): TraceData | 'elsewhere' {
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  const room = (limit - used) / 2;
  const counted = readKept();
  if (!counted) return 'elsewhere';
  let bytes = 0;
  for (const frame of counted) bytes += frame.length;
  if (bytes * 3 > room) return 'elsewhere';
  const frames = readKept();
  if (!frames) return 'elsewhere';
  return loadSave(tracerFolder).traceDataOf(frames, { maxEvents: Math.min(maxEvents, room / EVENT_BYTES) }) ?? 'elsewhere';
}
