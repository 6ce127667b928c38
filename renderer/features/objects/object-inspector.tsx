import { Box, Camera, GitCompareArrows, History, ListFilter, Pin, Radio, Search } from 'lucide-react';
import { type ComponentProps, useEffect, useState } from 'react';
import { clipText } from '../../drawing/format.ts';
import { samePath, showObjectSide, togglePin } from '../../state/object-steps.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { noteSnapshot, type ObjectSide, selectObject, selectSnapshot, stepSnapshot, useView } from '../../state/view-store.ts';
import type { FieldPath, ObjectInfo, SnapshotView, TraceId } from '../../trace/trace-worker-api.ts';
import { Button, CodeExample, EmptyState, IconButton, Segments } from '../../widgets/index.ts';
import { FieldsPane } from './fields-pane.tsx';
import { HistoryPane } from './history-pane.tsx';
import { InspectorFoot } from './inspector-foot.tsx';
import { SnapshotHead } from './snapshot-head.tsx';
import { useCursorLink } from './use-cursor-link.ts';
import { ValuePane } from './value-pane.tsx';
import { words } from './words.ts';
import './objects.css';

const LIVE_EVERY_MS = 50;
const STILL_EVERY_MS = 300;
const STRIP_TIMES = 600;
/** Columns of the graph of what is chosen, and most marks in the strip. */
const GRAPH_COLUMNS = 500;
const NO_TIMES = new Float64Array(0);
const SIDES: readonly ObjectSide[] = ['value', 'diff', 'fields', 'history'];

/** One object through time: its value as a tree, what changed since the snapshot before, and the way through all of them. */
export function ObjectInspector({ trace }: { readonly trace: TraceId }) {
  const object = useView(trace, (view) => view.object);
  const objects = useTraceQuery(trace, 'objects.list', {}, 500).value;
  const info = objects?.find((each) => each.id === object);
  // Something to look at before the first choice.
  const first = objects?.[0]?.id;
  useEffect(() => {
    if (object === undefined && first !== undefined) selectObject(trace, first);
  }, [trace, object, first]);
  return (
    <section className="inspector" aria-label={words.objectInspector}>
      {info ? <Inspected key={`${trace} ${info.id}`} trace={trace} info={info} /> : <NoObject trace={trace} any={(objects?.length ?? 0) > 0} />}
    </section>
  );
}

const OBJECT_LINES = ["const cart = new VizObject(getTracer(), 'cart');", "cart.items = ['lamp'];"];

function NoObject({ trace, any }: { readonly trace: TraceId; readonly any: boolean }) {
  const { kind, commonJs } = useTraceSource(trace);
  if (any) {
    return (
      <EmptyState icon={Box} title={words.noObject}>
        {words.noObjectText}
      </EmptyState>
    );
  }
  if (kind === 'loading') return null;
  if (kind === 'failed' || kind === 'imported') {
    return (
      <EmptyState icon={Box} title={noneTitle('objects', kind)}>
        {kind === 'failed' ? words.unreadable : undefined}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Box}
      title={noneTitle('objects', kind)}
      code={<CodeExample key={`${commonJs}`} names={['getTracer', 'VizObject']} lines={OBJECT_LINES} commonJs={commonJs} />}
    >
      {words.followObject} {kind === 'ended' ? words.addAndRunAgain : words.addThis}
    </EmptyState>
  );
}

function Inspected({ trace, info }: { readonly trace: TraceId; readonly info: ObjectInfo }) {
  const object = info.id;
  const chosen = useView(trace, (view) => view.snapshot);
  const field = useView(trace, (view) => view.field);
  const side = useView(trace, (view) => view.objectView);
  const pins = useView(trace, (view) => (view.pins?.object === object ? view.pins : undefined));
  const live = chosen === 'live';
  const everyMs = live ? LIVE_EVERY_MS : STILL_EVERY_MS;
  const { value: snapshot, problem } = useTraceQuery(trace, 'objects.snapshot', { object, index: live ? -1 : chosen }, everyMs);
  const isDiff = side === 'diff' && pins?.a !== undefined;
  const compared = useTraceQuery(
    trace,
    'objects.snapshot',
    isDiff ? { object, index: pins.b?.index ?? (live ? -1 : chosen), against: pins.a?.index ?? 0 } : undefined,
    everyMs,
  );
  const times = useTraceQuery(trace, 'objects.times', { object, limit: STRIP_TIMES }, STILL_EVERY_MS).value ?? NO_TIMES;
  const drawn = useTraceQuery(trace, 'objects.graph', field && { object, path: field, columns: GRAPH_COLUMNS }, STILL_EVERY_MS);
  // What was chosen before has its graph until the answer comes.
  const graph = (field && drawn.argument && samePath(drawn.argument.path, field) ? drawn.value : undefined) ?? undefined;
  const [onlyChanges, setOnlyChanges] = useState(false);
  const [search, setSearch] = useState<string>();
  useCursorLink(trace, object, snapshot);

  const count = snapshot?.count ?? info.snapshots;
  const index = snapshot?.index ?? 0;
  const firstNs = times[0] ?? 0;
  const isBefore = useView(trace, (view) => index === 0 && view.cursorNs !== undefined && view.cursorNs < firstNs);
  useEffect(() => {
    noteSnapshot(trace, { object, index, count });
    return () => noteSnapshot(trace, undefined);
  }, [trace, object, index, count]);

  return (
    <div className="inspected">
      <div className="inspector-head">
        <Subject trace={trace} info={info} live={live} index={index} />
        {snapshot && (
          <SnapshotHead
            trace={trace}
            snapshot={snapshot}
            told={isDiff ? compared.value : snapshot}
            isDiff={isDiff}
            isBefore={isBefore}
            pins={pins}
            times={times}
            changes={graph?.ticks}
            count={count}
            isShort={side === 'value' || side === 'diff' ? 'no' : side === 'history' && graph && graph.numbers > 0 ? 'without-strip' : 'without-changes'}
            onStep={(by) => stepSnapshot(trace, by)}
            onPick={(next) => selectSnapshot(trace, Math.max(0, Math.min(count - 1, next)))}
          />
        )}
        <div className="inspector-sides">
          <Segments
            label={words.sides.label}
            value={side}
            options={SIDES.map((value) => ({ value, label: words.sides[value] }))}
            onChange={(next) => showObjectSide(trace, next)}
          />
          <span className="inspector-space" />
          {(side === 'value' || isDiff) && (
            <>
              <IconButton
                icon={ListFilter}
                size="s"
                label={words.onlyChanges}
                aria-pressed={onlyChanges}
                className={onlyChanges ? 'inspector-tool-on' : ''}
                onClick={() => setOnlyChanges(!onlyChanges)}
              />
              <IconButton
                icon={Search}
                size="s"
                label={words.searchOpen}
                keys="Ctrl+F"
                aria-pressed={search !== undefined}
                className={search !== undefined ? 'inspector-tool-on' : ''}
                onClick={() => setSearch(search === undefined ? '' : undefined)}
              />
            </>
          )}
        </div>
      </div>
      {snapshot === undefined && problem === undefined ? (
        info.snapshots === 0 && (
          <EmptyState icon={Camera} title={words.noSnapshot.title}>
            {words.noSnapshot.text}
          </EmptyState>
        )
      ) : side === 'fields' ? (
        <FieldsPane trace={trace} object={object} timeNs={snapshot?.timeNs ?? 0} />
      ) : side === 'history' ? (
        <HistorySide trace={trace} object={object} field={field} graph={graph} index={index} timeNs={snapshot?.timeNs ?? 0} />
      ) : side === 'diff' && !isDiff ? (
        <NoPin trace={trace} snapshot={snapshot} />
      ) : (
        <ValuePane
          trace={trace}
          name={info.name}
          snapshot={isDiff ? compared.value : snapshot}
          problem={isDiff ? compared.problem : problem}
          isDiff={isDiff}
          onlyChanges={onlyChanges}
          onOnlyChanges={setOnlyChanges}
          search={search}
          onSearch={setSearch}
        />
      )}
      <InspectorFoot trace={trace} info={info} field={field} graph={graph} index={snapshot?.index} />
    </div>
  );
}

function HistorySide({ field, ...rest }: Omit<ComponentProps<typeof HistoryPane>, 'field'> & { readonly field: FieldPath | undefined }) {
  if (field) return <HistoryPane key={field.join('\n')} field={field} {...rest} />;
  return (
    <EmptyState icon={History} title={words.history.none.title}>
      {words.history.none.text}
    </EmptyState>
  );
}

interface SubjectProps {
  readonly trace: TraceId;
  readonly info: ObjectInfo;
  readonly live: boolean;
  readonly index: number;
}

function Subject({ trace, info, live, index }: SubjectProps) {
  const { kind } = useTraceSource(trace);
  return (
    <div className="inspector-subject">
      <span className="inspector-name" title={clipText(info.name)}>
        {clipText(info.name, 200)}
      </span>
      {info.className !== info.name && <span className="inspector-class">{clipText(info.className, 80)}</span>}
      <span className="inspector-space" />
      {info.deletedNs !== undefined && (
        <span className="inspector-deleted" title={words.deletedAt(info.deletedNs)}>
          {words.deleted}
        </span>
      )}
      {/* Of what has ended no new one comes. */}
      {(kind === 'running' || kind === 'loading') && (
        <Button
          size="s"
          icon={Radio}
          aria-pressed={live}
          iconClass={live ? 'inspector-live-on' : ''}
          title={words.liveTitle}
          onClick={() => selectSnapshot(trace, live ? index : 'live')}
        >
          {words.live}
        </Button>
      )}
    </div>
  );
}

function NoPin({ trace, snapshot }: { readonly trace: TraceId; readonly snapshot: SnapshotView | undefined }) {
  return (
    <EmptyState
      icon={GitCompareArrows}
      title={words.noPin.title}
      actions={
        snapshot && (
          <Button icon={Pin} onClick={() => togglePin(trace, snapshot.object, 'a', { index: snapshot.index, timeNs: snapshot.timeNs })}>
            {words.noPin.pin}
          </Button>
        )
      }
    >
      {words.noPin.text}
    </EmptyState>
  );
}
