/** The call tree as boxes: in order of time, heaviest first, or the callers and callees of one function. */
import { ChevronRight, EllipsisVertical, Flame as FlameIcon, Table2 } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { matchedShare, pathTo } from '../../drawing/flame-boxes.ts';
import { clipText } from '../../drawing/format.ts';
import { type FlameMode, setFlameMode, setSandwich, useCallTree } from '../../state/call-tree-store.ts';
import { useClients } from '../../state/clients.tsx';
import { showPanel } from '../../state/panel-store.ts';
import { highlightName, selectSlice } from '../../state/selection.ts';
import { useNames } from '../../state/use-names.ts';
import { usePlace } from '../../state/use-place.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { useView } from '../../state/view-store.ts';
import type { NameId, TraceId, TrackInfo } from '../../trace/trace-worker-api.ts';
import { EmptyState, FilterField, Icon, IconButton, Menu, type MenuPoint, Segments, Select, toastProblem } from '../../widgets/index.ts';
import { placeText } from '../place-words.ts';
import './call-tree.css';
import { changeEntries } from './change-menu.ts';
import './flame.css';
import { FlameCanvas } from './flame-canvas.tsx';
import { NoTree } from './no-tree.tsx';
import { TreeChanges } from './tree-changes.tsx';
import type { TreePath } from './tree-rows.ts';
import { useFlame } from './use-flame.ts';
import { useLongest } from './use-longest.ts';
import { words } from './words.ts';

const MODES: readonly FlameMode[] = ['time', 'heavy', 'sandwich'];
const MOST_CRUMBS = 6;

export function FlamePanel({ trace }: { readonly trace: TraceId }) {
  const { traces } = useClients();
  const place = usePlace(trace);
  const { mode, sandwich: chosenName } = useCallTree(trace);
  const [zoom, setZoom] = useState<TreePath>([]);
  const [width, setWidth] = useState(0);
  const [text, setText] = useState('');
  const [picked, setPicked] = useState<{ readonly name: NameId; readonly path: TreePath | undefined }>();
  const [menu, setMenu] = useState<{ readonly open: boolean; readonly at?: MenuPoint | undefined }>({ open: false });
  const selected = useView(trace, (view) => (view.selection?.kind === 'slice' ? view.selection.slice : undefined));
  const selectLongest = useLongest(trace, place);
  const { track, tracks, chooseTrack } = useTrack(trace, place.tracks?.[0] ?? selected?.track);
  const sandwich = chosenName ?? selected?.name;
  const flame = useFlame(trace, { mode, place, zoom, sandwich, track, width });
  const { boxes, figuresOf, done } = flame;

  const ids = useMemo(() => new Set(Array.from({ length: boxes.count }, (_, k) => boxes.name[k] as number)), [boxes]);
  const names = useNames(trace, [...ids, ...zoom, ...(sandwich === undefined ? [] : [sandwich])]);
  const looked = text.trim().toLowerCase();
  const matches = useMemo(
    () => (looked === '' ? undefined : new Set([...ids].filter((id) => (names.get(id)?.text ?? '').toLowerCase().includes(looked)))),
    [ids, names, looked],
  );
  const nameOf = (box: number): string => names.get(boxes.name[box] as number)?.text ?? '';

  // A slice that is picked in the timeline is what callers and callees are asked of.
  const selectedRef = selected?.ref;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another slice is picked; what is chosen here stays until then.
  useEffect(() => {
    if (selected) setSandwich(trace, selected.name);
  }, [trace, selectedRef]);
  // What was zoomed to is not in this range any more.
  useEffect(() => {
    if (mode === 'heavy' && zoom.length > 0 && boxes.count === 0 && done === 1) setZoom([]);
  }, [mode, zoom, boxes, done]);

  const textOf = (box: number): string => {
    const { totalNs, share, selfNs, calls, merged } = figuresOf(box);
    return mode === 'time' ? words.flame.slice(nameOf(box), totalNs, merged) : words.flame.box(nameOf(box), totalNs, share, selfNs, calls);
  };
  const pathOf = (box: number): TreePath => [...zoom.slice(0, -1), ...pathTo(boxes, box)];
  const pick = (box: number | undefined) => {
    const name = box === undefined ? undefined : (boxes.name[box] as number);
    highlightName(trace, name);
    setPicked(box === undefined || name === undefined ? undefined : { name, path: mode === 'heavy' ? pathOf(box) : undefined });
    if (box !== undefined && mode === 'time') selectAt(box);
  };
  const selectAt = (box: number) => {
    const { view } = flame;
    if (!view || !track) return;
    const pixelNs = (view.toNs - view.fromNs) / view.columns;
    const middle = Math.max(0, ((view.x0[box] as number) + Math.min(view.columns, view.x1[box] as number)) / 2);
    traces.request('timeline.hit', { trace, track: track.id, row: view.row[box] as number, atNs: view.fromNs + middle * pixelNs, withinNs: pixelNs * 2 }).then(
      (slice) => slice && selectSlice(trace, slice, 'row'),
      (error: unknown) => toastProblem(error, words.notFound),
    );
  };
  const open = (box: number) => {
    const name = boxes.name[box] as number;
    if (mode === 'heavy') setZoom(pathOf(box));
    else if (mode === 'sandwich') setSandwich(trace, name);
    else selectLongest(name);
  };
  const zoomOut = () => setZoom((before) => before.slice(0, -1));
  const needsName = mode === 'sandwich' && sandwich === undefined;
  const needsTrack = mode === 'time' && tracks.length === 0;

  return (
    <section className="list-panel" aria-label={words.flame.panel}>
      <div className="list-head">
        <Segments<FlameMode>
          label={words.flame.mode}
          value={mode}
          options={MODES.map((value) => ({ value, label: words.flame.modes[value] }))}
          onChange={(value) => setFlameMode(trace, value)}
        />
        <div className="list-tools">
          <FilterField className="list-filter" label={words.filter} value={text} onChange={setText} />
          {mode === 'time' && track && (
            <span className="flame-track">
              <Select
                label={words.flame.track}
                size="s"
                value={String(track.id)}
                options={tracks.map((each) => ({ value: String(each.id), label: trackLabel(each) }))}
                onChange={(value) => chooseTrack(Number(value))}
              />
            </span>
          )}
          <span className="list-space" />
          {matches && (
            <span className="flame-found" role="status">
              {words.found(matches.size, matchedShare(boxes, matches))}
            </span>
          )}
          <IconButton icon={Table2} size="s" label={words.flame.asTable} onClick={() => showPanel('call-tree')} />
          {mode !== 'time' && (
            <Menu
              align="end"
              open={menu.open}
              onOpen={(isOpen) => setMenu({ open: isOpen })}
              at={menu.at}
              trigger={<IconButton icon={EllipsisVertical} size="s" label={words.change} disabled={!picked} />}
              entries={
                picked
                  ? changeEntries(
                      trace,
                      { ...picked, about: names.get(picked.name) },
                      {
                        onLongest: () => selectLongest(picked.name),
                        onSandwich: () => {
                          setSandwich(trace, picked.name);
                          setFlameMode(trace, 'sandwich');
                        },
                      },
                    )
                  : []
              }
            />
          )}
        </div>
      </div>
      <p className="list-place">
        <span className={place.kind === 'selected' ? 'accent' : 't2'}>{placeText(place)}</span>
        {flame.of !== undefined && <span className="t2">{words.flame.of(names.get(flame.of)?.text ?? '')}</span>}
        <span className="t3">{done !== undefined && words.counted(done)}</span>
      </p>
      {mode !== 'time' && <TreeChanges trace={trace} />}
      {mode === 'heavy' && zoom.length > 0 && (
        <nav className="ct-changes" aria-label={words.flame.zoomed}>
          <button type="button" className="ct-change" onClick={() => setZoom([])}>
            {words.flame.all}
          </button>
          {zoom.length > MOST_CRUMBS && <span>…</span>}
          {zoom.map((id, k) =>
            k < zoom.length - MOST_CRUMBS ? null : (
              // biome-ignore lint/suspicious/noArrayIndexKey: a part of a path has no identity but its place.
              <span key={k} className="ct-change-part">
                <Icon of={ChevronRight} size="xs" />
                <button
                  type="button"
                  className="ct-change mono"
                  aria-current={k === zoom.length - 1 ? 'true' : undefined}
                  onClick={() => setZoom(zoom.slice(0, k + 1))}
                >
                  <bdi>{clipText(names.get(id)?.text || words.unnamed, 60)}</bdi>
                </button>
              </span>
            ),
          )}
        </nav>
      )}
      {needsName || needsTrack ? (
        <div className="list-empty">
          <EmptyState icon={FlameIcon} title={needsName ? words.flame.noName.title : words.flame.noTrack.title}>
            {needsName ? words.flame.noName.text : words.flame.noTrack.text}
          </EmptyState>
        </div>
      ) : (
        <div className="flame-body">
          <FlameCanvas
            subject={`${mode} ${flame.of ?? ''}`}
            label={words.flame.canvas[mode]}
            boxes={boxes}
            names={names}
            matches={matches}
            pivot={flame.pivot}
            underlined={mode === 'sandwich' ? (flame.of ?? 0) : (picked?.name ?? 0)}
            shareOf={(box) => (mode === 'time' ? '' : words.percent(figuresOf(box).share))}
            textOf={textOf}
            onPick={pick}
            onOpen={open}
            onBack={zoomOut}
            onMenu={(_box, at) => mode !== 'time' && setMenu({ open: true, at })}
            onWidth={setWidth}
          />
          {boxes.count === 0 && (
            <div className="list-empty flame-over">
              <NoTree trace={trace} problem={flame.problem} answered={done !== undefined && done >= 1} />
            </div>
          )}
        </div>
      )}
    </section>
  );
}

const MOST_TRACKS = 300;
const trackLabel = ({ name, beside, id }: TrackInfo): string => clipText([name, beside].filter((part) => part !== '').join(', ') || `track ${id}`, 60);

/** The track that is drawn in order of time: the one that was chosen, else that of what is picked, else the one with most calls. */
function useTrack(trace: TraceId, near: number | undefined) {
  const [chosen, chooseTrack] = useState<number>();
  const listed = useTraceQuery(trace, 'tracks.list', {}, 1000).value;
  const tracks = useMemo(
    () => (listed ?? []).filter(({ kind, items }) => (kind === 'calls' || kind === 'slices') && items > 0).slice(0, MOST_TRACKS),
    [listed],
  );
  const wanted = (id: number | undefined) => tracks.find((each) => each.id === id);
  const most = tracks.reduce<TrackInfo | undefined>((best, each) => (!best || each.items > best.items ? each : best), undefined);
  return { track: wanted(chosen) ?? wanted(near) ?? most, tracks, chooseTrack };
}
