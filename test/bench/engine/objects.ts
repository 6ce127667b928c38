/** One object with a thousand fields and 100,000 snapshots, each of which changes three: what the inspector asks of the model. */
import { Trace } from '../../../core/model/trace.ts';
import { BlockReader } from '../../../core/protocol/recording-reader.ts';
import { concat, TestRecording } from '../../helpers/build-recording.ts';

const FIELDS = 1000;
const KEYFRAME_EVERY = 64;
const SNAPSHOTS = 100_000;
const STEP_NS = 10_000;

export interface ObjectFigures {
  readonly bytes: number;
  readonly openMs: number;
  /** A random snapshot, its blocks read and decoded. */
  readonly jumpMs: number;
  /** The one after that was shown. */
  readonly stepMs: number;
  /** Two random ones compared. */
  readonly compareMs: number;
  /** All changes of all fields. */
  readonly changesMs: number;
  readonly fieldsMs: number;
  readonly historyMs: number;
}

export async function measureObjects(): Promise<ObjectFigures> {
  const bytes = write();
  const now = () => performance.now();
  const trace = new Trace({ read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)) });
  const start = now();
  for (const item of new BlockReader().push(bytes)) {
    if (item.kind === 'head') trace.setHead(item.head);
    else if (item.kind === 'block') trace.addBlock(item.header, item.payload, item.offset);
  }
  const openMs = now() - start;
  const at = (round: number) => (round * 61_803) % SNAPSHOTS;
  const timed = async (rounds: number, work: (round: number) => Promise<unknown>): Promise<number> => {
    const took: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const from = now();
      await work(round);
      took.push(now() - from);
    }
    return took.sort((a, b) => a - b)[took.length >> 1] ?? 0;
  };
  const jumpMs = await timed(50, (round) => trace.snapshot(0, { index: at(round) }));
  const stepMs = await timed(100, (round) => trace.snapshot(0, { index: 50_000 + round }));
  const compareMs = await timed(50, (round) => trace.snapshot(0, { index: at(round), against: at(round + 50) }));
  const changes = trace.objectChanges(0);
  const changesMs = await timed(1, () => changes?.advance() ?? Promise.resolve());
  const fieldsMs = await timed(10, async () => changes?.page({ filter: '', order: 'changes', from: 0, count: 100, columns: 120 }));
  const historyMs = await timed(1, async () => {
    const history = trace.fieldHistory(0, ['f7']);
    await history?.advance();
    history?.graph(500);
    await history?.page(0, 100, true);
  });
  return { bytes: bytes.length, openMs, jumpMs, stepMs, compareMs, changesMs, fieldsMs, historyMs };
}

function write(): Uint8Array {
  const { recording, stream } = TestRecording.simple();
  const object = recording.object(stream, 'state', 'State');
  const values: Record<string, number> = {};
  for (let field = 0; field < FIELDS; field++) values[`f${field}`] = field;
  for (let snapshot = 0; snapshot < SNAPSHOTS; snapshot++) {
    const changed: Record<string, number> = {};
    for (const field of [7, (snapshot * 31) % FIELDS, (snapshot * 17) % FIELDS]) changed[`f${field}`] = snapshot;
    Object.assign(values, changed);
    const isKeyframe = snapshot % KEYFRAME_EVERY === 0;
    recording.snapshot(stream, snapshot * STEP_NS, object, isKeyframe ? values : changed, isKeyframe);
  }
  return concat([recording.finish()]);
}
