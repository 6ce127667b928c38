/** While nothing is picked: what is known of the whole trace. */
import { clipText, formatCount, formatDuration } from '../../drawing/format.ts';
import { useCalmSummary } from '../../state/use-calm-summary.ts';
import { useLaunchRecord } from '../../state/use-launch-record.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { useTraceSource } from '../../state/use-trace-source.ts';
import { dateAndTime } from '../../state/words.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { words } from './words.ts';

const EVERY_MS = 500;

/** Of what there is some. */
const counted = (counts: readonly (readonly [string, number])[]): readonly (readonly [string, string])[] =>
  counts.flatMap(([name, count]) => (count > 0 ? [[name, formatCount(count)] as const] : []));

export function TraceFacts({ trace }: { readonly trace: TraceId }) {
  const { kind } = useTraceSource(trace);
  const summary = useCalmSummary(trace);
  const launch = useLaunchRecord(trace);
  const processes = useTraceQuery(trace, 'processes.list', {}, EVERY_MS).value?.length ?? 0;
  const tracks = useTraceQuery(trace, 'tracks.list', {}, EVERY_MS).value ?? [];
  if (!summary || summary.events === 0) return null;
  // Its calls and what was logged in them are two tracks of one thread.
  const threads = new Set(tracks.flatMap(({ kind, stream }) => ((kind === 'calls' || kind === 'slices') && stream !== undefined ? [stream] : []))).size;
  const { startNs, endNs, startEpochMs, timelineSlices, instants, counterSamples, snapshots } = summary;
  const numbers: readonly (readonly [string, string])[] = [
    [words.length, formatDuration(endNs - startNs)],
    ...counted([
      [words.processes, processes],
      [words.threads, threads],
      [words.slices, timelineSlices],
      [words.events, instants],
      [words.samples, counterSamples],
      [words.snapshots, snapshots],
    ]),
  ];
  const texts: readonly (readonly [string, string])[] = [
    ...(startEpochMs > 0 ? [[words.began, dateAndTime(startEpochMs + startNs / 1e6)] as const] : []),
    ...(launch ? [[words.command, launch.command.join(' ')] as const, [words.folder, launch.cwd] as const] : []),
    ...(launch?.nodeVersion === undefined ? [] : [[words.node, launch.nodeVersion] as const]),
  ];
  return (
    <section className="trace-facts" aria-label={words.aboutTrace[kind === 'imported' ? 'trace' : 'recording']}>
      <h4>{words.aboutTrace[kind === 'imported' ? 'trace' : 'recording']}</h4>
      <dl className="trace-facts-numbers">
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {texts.length > 0 && (
        <dl className="trace-facts-texts">
          {texts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd title={clipText(value)}>
                <bdi>{clipText(value, 300)}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
