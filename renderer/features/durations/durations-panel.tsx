/** How long each call of one function took: a histogram with a brush, and the calls that the brush holds. */
import { ChartNoAxesColumn, ScanSearch, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { clipText, formatCount, formatDuration } from '../../drawing/format.ts';
import { bucketsBetween, countIn } from '../../drawing/histogram.ts';
import { SLATE, sliceColour } from '../../drawing/timeline/slice-colours.ts';
import { highlight } from '../../state/selection.ts';
import { usePlace } from '../../state/use-place.ts';
import { useView, viewState } from '../../state/view-store.ts';
import type { DurationHistogram, Spread, TraceId } from '../../trace/trace-worker-api.ts';
import { EmptyState, IconButton, Segments, Spinner } from '../../widgets/index.ts';
import { placeText } from '../place-words.ts';
import { CallsTable } from './calls-table.tsx';
import './durations.css';
import { HistogramGraph } from './histogram-graph.tsx';
import { type Brush, searchOf, useDurations, usePickedName } from './use-durations.ts';
import { words } from './words.ts';

type View = keyof typeof words.views;
type Scale = keyof typeof words.scales;

export function DurationsPanel({ trace }: { readonly trace: TraceId }) {
  const place = usePlace(trace);
  const { name, about } = usePickedName(trace);
  const { histogram, spread, problem } = useDurations(trace, place, name);
  const [view, setView] = useState<View>('graph');
  const [scale, setScale] = useState<Scale>('linear');
  const [brush, setBrush] = useState<Brush>();
  const text = about?.text ?? '';
  const outlined = useOutline(trace, about && searchOf(text, brush));
  // A brush is of one function's durations.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as said.
  useEffect(() => setBrush(undefined), [name]);

  const all = histogram ? sumOf(histogram) : 0;
  const brushed = histogram && brush && bucketsBetween(histogram, brush.fromNs, brush.toNs);
  return (
    <section className="list-panel durations" aria-label={words.panel}>
      <div className="list-head">
        <Segments<View> label={words.view} value={view} options={optionsOf(words.views)} onChange={setView} />
        {view === 'graph' && <Segments<Scale> label={words.scale} value={scale} options={optionsOf(words.scales)} onChange={setScale} />}
        <span className="durations-name mono ellipsis" title={clipText(text)}>
          <bdi>{clipText(text, 100)}</bdi>
        </span>
        <span className="list-space" />
        {brush && <IconButton icon={X} size="s" label={words.clear} onClick={() => setBrush(undefined)} />}
        <IconButton icon={ScanSearch} size="s" label={words.outline} aria-pressed={outlined.isOn} disabled={!about} onClick={outlined.toggle} />
      </div>
      <p className="list-place">
        <span className={place.kind === 'selected' ? 'accent' : 't2'}>{placeText(place)}</span>
        <span className="t3" role="status">
          {histogram && (brush ? words.brushed(brushed ? countIn(histogram, brushed) : 0, all, brush.fromNs, brush.toNs) : words.counted(all, histogram.done))}
        </span>
      </p>
      {name !== undefined && histogram && all > 0 ? (
        <>
          <div className="durations-body">
            {view === 'graph' ? (
              <HistogramGraph
                label={words.graph(text)}
                histogram={histogram}
                isLog={scale === 'log'}
                colour={about ? sliceColour(about, 'category') : SLATE}
                marks={spread ? marksOf(spread) : []}
                brush={brush}
                onBrush={setBrush}
              />
            ) : (
              <BucketTable label={words.table(text)} histogram={histogram} all={all} />
            )}
            <CallsTable trace={trace} place={place} name={name} label={words.calls(text)} brush={brush} />
          </div>
          {spread && <Facts spread={spread} />}
        </>
      ) : (
        <div className="list-empty">
          <NoDurations named={name !== undefined} problem={problem} answered={histogram !== undefined && histogram.done >= 1} />
        </div>
      )}
    </section>
  );
}

const optionsOf = <K extends string>(of: Readonly<Record<K, string>>) => (Object.keys(of) as K[]).map((value) => ({ value, label: of[value] }));
const sumOf = ({ counts }: DurationHistogram): number => counts.reduce((sum, count) => sum + count, 0);
const marksOf = ({ p50Ns, p90Ns, p99Ns }: Spread) => [
  { text: words.marks.p50, ns: p50Ns },
  { text: words.marks.p90, ns: p90Ns },
  { text: words.marks.p99, ns: p99Ns },
];

/** The same calls outlined in the timeline, as long as it is wanted and the panel is there. */
function useOutline(trace: TraceId, search: string | undefined): { readonly isOn: boolean; readonly toggle: () => void } {
  const [wanted, setWanted] = useState(false);
  const shown = useView(trace, (view) => view.highlight);
  useEffect(() => {
    if (!wanted || search === undefined) return;
    highlight(trace, search);
    return () => {
      if (viewState(trace).highlight === search) highlight(trace, '');
    };
  }, [trace, wanted, search]);
  const isOn = wanted && shown === search;
  // A search in the timeline takes its place: pressed again, this one is shown once more.
  const toggle = () => {
    if (wanted && !isOn && search !== undefined) highlight(trace, search);
    else setWanted(!wanted);
  };
  return { isOn, toggle };
}

function BucketTable({ label, histogram, all }: { readonly label: string; readonly histogram: DurationHistogram; readonly all: number }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls must be reachable by keyboard.
    <section className="durations-buckets" tabIndex={0} aria-label={label}>
      <table aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{words.columns.from}</th>
            <th scope="col">{words.columns.to}</th>
            <th scope="col">{words.columns.count}</th>
            <th scope="col">{words.columns.part}</th>
          </tr>
        </thead>
        <tbody>
          {[...histogram.counts].map((count, k) =>
            count === 0 ? null : (
              // biome-ignore lint/suspicious/noArrayIndexKey: a bucket has no identity but its place.
              <tr key={k}>
                <td>{formatDuration(histogram.edgesNs[k] as number)}</td>
                <td>{formatDuration(histogram.edgesNs[k + 1] as number)}</td>
                <td>{formatCount(count)}</td>
                <td>{words.percent(count / all)}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}

function Facts({ spread }: { readonly spread: Spread }) {
  const { facts } = words;
  const shown: readonly (readonly [string, string])[] = [
    [facts.count, formatCount(spread.count)],
    [facts.mean, formatDuration(spread.meanNs)],
    [facts.p50, formatDuration(spread.p50Ns)],
    [facts.p90, formatDuration(spread.p90Ns)],
    [facts.p99, formatDuration(spread.p99Ns)],
    [facts.deviation, formatDuration(spread.deviationNs)],
    [facts.min, formatDuration(spread.minNs)],
    [facts.max, formatDuration(spread.maxNs)],
  ];
  return (
    <dl className="durations-facts" title={spread.isExact || spread.done < 1 ? undefined : words.inexact}>
      {shown.map(([what, value]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface NoDurationsProps {
  readonly named: boolean;
  readonly problem: string | undefined;
  readonly answered: boolean;
}

function NoDurations({ named, problem, answered }: NoDurationsProps): ReactNode {
  if (problem !== undefined) {
    return (
      <EmptyState icon={ChartNoAxesColumn} title={words.failed} tone="error">
        {problem}
      </EmptyState>
    );
  }
  const { title, text } = named ? words.noneHere : words.noName;
  if (named && !answered) return <Spinner size="xl" />;
  return (
    <EmptyState icon={ChartNoAxesColumn} title={title}>
      {text}
    </EmptyState>
  );
}
