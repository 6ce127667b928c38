import { Box, Braces, Camera, ChevronLeft, ChevronRight, Copy, Radio } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useState } from 'react';
import { clipText, formatMoment } from '../../drawing/format.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { goToMoment, noteSnapshot, selectObject, selectSnapshot, stepSnapshot, useView } from '../../state/view-store.ts';
import type { ObjectInfo, SnapshotView, TraceId } from '../../trace/trace-worker-api.ts';
import { Button, CodeExample, copyText, EmptyState, IconButton } from '../../widgets/index.ts';
import { SnapshotStrip } from './snapshot-strip.tsx';
import { type Folds, toJson, valueRows } from './value-rows.ts';
import { ValueTree } from './value-tree.tsx';
import './objects.css';

const LIVE_EVERY_MS = 50;
const STILL_EVERY_MS = 300;
const STRIP_TIMES = 600;
const NO_TIMES = new Float64Array(0);

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
    <section className="inspector" aria-label="Object inspector">
      {info ? <Inspected key={`${trace} ${info.id}`} trace={trace} info={info} /> : <NoObject trace={trace} any={(objects?.length ?? 0) > 0} />}
    </section>
  );
}

const OBJECT_LINES = ["const cart = new VizObject(getTracer(), 'cart');", "cart.items = ['lamp'];"];

function NoObject({ trace, any }: { readonly trace: TraceId; readonly any: boolean }) {
  const { kind, commonJs } = useTraceSource(trace);
  if (any) {
    return (
      <EmptyState icon={Box} title="No object chosen">
        Choose one in the list of objects, or a snapshot among the events.
      </EmptyState>
    );
  }
  if (kind === 'loading') return null;
  if (kind === 'failed' || kind === 'imported') {
    return (
      <EmptyState icon={Box} title={noneTitle('objects', kind)}>
        {kind === 'failed' ? 'The file could not be read.' : undefined}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Box}
      title={noneTitle('objects', kind)}
      code={<CodeExample key={`${commonJs}`} names={['getTracer', 'VizObject']} lines={OBJECT_LINES} commonJs={commonJs} />}
    >
      An object of your script can be followed through time. {kind === 'ended' ? 'Add this to it, and run it again:' : 'Add this to it:'}
    </EmptyState>
  );
}

function Inspected({ trace, info }: { readonly trace: TraceId; readonly info: ObjectInfo }) {
  const chosen = useView(trace, (view) => view.snapshot);
  const live = chosen === 'live';
  const { value: snapshot, problem } = useTraceQuery(
    trace,
    'objects.snapshot',
    { object: info.id, index: live ? -1 : chosen },
    live ? LIVE_EVERY_MS : STILL_EVERY_MS,
  );
  const times = useTraceQuery(trace, 'objects.times', { object: info.id, limit: STRIP_TIMES }, STILL_EVERY_MS).value ?? NO_TIMES;
  const [folds, setFolds] = useState<Folds>(new Map());
  const [selected, setSelected] = useState<string>();
  const fold = useCallback((path: string, open: boolean) => setFolds((before) => new Map(before).set(path, open)), []);
  const rows = useMemo(() => valueRows(snapshot?.fields ?? [], folds), [snapshot, folds]);
  // What opened by itself because of a change stays open when the next snapshot changes something else.
  useEffect(() => {
    const opened = rows.filter((row) => row.open && !folds.has(row.path));
    if (opened.length > 0) setFolds((before) => new Map([...opened.map((row) => [row.path, true] as const), ...before]));
  }, [rows, folds]);

  const count = snapshot?.count ?? info.snapshots;
  const index = snapshot?.index ?? 0;
  const pick = (next: number) => selectSnapshot(trace, Math.max(0, Math.min(count - 1, next)));
  const step = (by: -1 | 1) => stepSnapshot(trace, by);
  useEffect(() => {
    noteSnapshot(trace, { object: info.id, index, count });
    return () => noteSnapshot(trace, undefined);
  }, [trace, info.id, index, count]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    if (event.key === 'ArrowLeft') step(-1);
    else if (event.key === 'ArrowRight') step(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const row = rows.find((each) => each.path === selected);
  const fullPath = row?.kind === 'value' ? joinPath(info.name, row.path) : info.name;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows work on whichever control inside has the focus.
    <div className="inspected" onKeyDown={onKeyDown}>
      <div className="inspector-head">
        <div className="inspector-subject">
          <span className="inspector-name" title={clipText(info.name)}>
            {clipText(info.name, 200)}
          </span>
          {info.className !== info.name && <span className="inspector-class">{clipText(info.className, 80)}</span>}
          <span className="inspector-space" />
          {info.deletedNs !== undefined && (
            <span className="inspector-deleted" title={`Deleted at ${formatMoment(info.deletedNs)}`}>
              deleted
            </span>
          )}
          <Button
            size="s"
            icon={Radio}
            aria-pressed={live}
            iconClass={live ? 'inspector-live-on' : ''}
            title="Show each new snapshot as it comes"
            onClick={() => selectSnapshot(trace, live ? index : 'live')}
          >
            Live
          </Button>
        </div>
        {snapshot ? <SnapshotHead trace={trace} snapshot={snapshot} times={times} count={count} index={index} onStep={step} onPick={pick} /> : null}
      </div>
      {problem !== undefined && !snapshot ? (
        <EmptyState icon={Camera} tone="error" title="This snapshot cannot be read">
          {problem}
        </EmptyState>
      ) : snapshot ? (
        <ValueTree rows={rows} label={`Value of ${clipText(info.name, 80)}`} selected={selected} onSelect={setSelected} onFold={fold} onStep={step} />
      ) : (
        info.snapshots === 0 && (
          <EmptyState icon={Camera} title="No snapshot yet">
            The object is there; nothing has been written to it, and log() was not called.
          </EmptyState>
        )
      )}
      <div className="inspector-foot">
        <span className="inspector-path" title={clipText(fullPath)}>
          {clipText(fullPath, 200)}
        </span>
        <Button kind="quiet" size="s" icon={Copy} onClick={() => copyText(fullPath, 'Path copied')}>
          Copy path
        </Button>
        <Button kind="quiet" size="s" icon={Braces} disabled={!snapshot} onClick={() => snapshot && copyText(toJson(snapshot.fields), 'JSON copied')}>
          Copy JSON
        </Button>
      </div>
    </div>
  );
}

const joinPath = (name: string, path: string): string => (path.startsWith('[') ? `${name}${path}` : `${name}.${path}`);

interface SnapshotHeadProps {
  readonly trace: TraceId;
  readonly snapshot: SnapshotView;
  readonly times: Float64Array;
  readonly count: number;
  readonly index: number;
  readonly onStep: (by: -1 | 1) => void;
  readonly onPick: (index: number) => void;
}

function SnapshotHead({ trace, snapshot, times, count, index, onStep, onPick }: SnapshotHeadProps) {
  return (
    <>
      <div className="inspector-steps">
        <IconButton
          icon={ChevronLeft}
          label="Previous snapshot"
          keys="Shift+ArrowLeft"
          kind="default"
          size="s"
          disabled={index <= 0}
          onClick={() => onStep(-1)}
        />
        <IconButton
          icon={ChevronRight}
          label="Next snapshot"
          keys="Shift+ArrowRight"
          kind="default"
          size="s"
          disabled={index >= count - 1}
          onClick={() => onStep(1)}
        />
        <span className="inspector-count">
          Snapshot <b>{index + 1}</b> <span>of {count}</span>
        </span>
        <span className="inspector-space" />
        <button type="button" className="inspector-time" title="Put the cross-hair here" onClick={() => goToMoment(trace, snapshot.timeNs)}>
          {formatMoment(snapshot.timeNs)}
        </button>
      </div>
      <SnapshotStrip times={times} count={count} index={index} timeNs={snapshot.timeNs} onPick={onPick} />
      <Changes snapshot={snapshot} />
    </>
  );
}

function Changes({ snapshot }: { readonly snapshot: SnapshotView }) {
  const { added, removed, changed, index } = snapshot;
  const words = index === 0 ? 'First snapshot' : added + removed + changed === 0 ? 'Nothing changed since the snapshot before' : 'Since the snapshot before';
  return (
    <div className="inspector-changes">
      <span>{words}</span>
      <span className="inspector-space" />
      {index > 0 && added + removed + changed > 0 && (
        <>
          <span className={added > 0 ? 'change-added' : 'change-none'} title={`${added} added`}>
            +{added}
          </span>
          <span className={removed > 0 ? 'change-removed' : 'change-none'} title={`${removed} removed`}>
            −{removed}
          </span>
          <span className={changed > 0 ? 'change-changed' : 'change-none'} title={`${changed} changed`}>
            ~{changed}
          </span>
        </>
      )}
    </div>
  );
}
