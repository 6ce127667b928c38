/** One slice: what it is called, when it was, what it was given and gave back, who called it, what it is linked with. */
import { ChevronLeft, ChevronRight, Copy, Focus, Ruler, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { clipText, formatCount, formatDuration, formatMoment } from '../../drawing/format.ts';
import { sliceColour } from '../../drawing/timeline/slice-colours.ts';
import { useClients } from '../../state/clients.tsx';
import { rangeOfSelection, selectSlice, zoomTo } from '../../state/selection.ts';
import { hasSource } from '../../state/source-place.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import type { NameId, NameInfo, SliceDetails, SliceRow, TraceId } from '../../trace/trace-worker-api.ts';
import { copyText, Icon, IconButton } from '../../widgets/index.ts';
import { SourceView } from './source-view.tsx';
import { ValueOutline } from './value-outline.tsx';
import { words } from './words.ts';

const CHILDREN_AT_ONCE = 50;
const MOST_ANCESTORS = 40;

export function SliceView({ trace, slice }: { readonly trace: TraceId; readonly slice: SliceDetails }) {
  const { about } = slice;
  const names = useNames(trace, slice);
  const track = useTraceQuery(trace, 'tracks.list', {}, 1000).value?.find((each) => each.id === slice.track);
  const place = about.file === '' ? '' : about.line > 0 ? `${about.file}:${about.line}` : about.file;
  const isMoment = slice.kind === 'instant';
  const toNs = slice.startNs + slice.durationNs;
  return (
    <div className="selection-body">
      <header className="selection-head">
        <span className="swatch" style={{ background: `var(--data-${sliceColour(about, 'category')})` }} />
        <h3 className="selection-name mono" title={clipText(about.text)}>
          <bdi>{clipText(about.text, 200)}</bdi>
        </h3>
        <IconButton icon={Copy} size="s" label={words.copyName} onClick={() => copyText(about.text, words.copied)} />
      </header>
      <p className="selection-tags">
        {about.category !== '' && <span className="selection-tag">{clipText(about.category, 40)}</span>}
        <span className="selection-tag">{words.kinds[slice.kind]}</span>
        {slice.isOpen && <span className="selection-tag">{words.open}</span>}
        {slice.exception && <span className="selection-tag error">{words.threw}</span>}
      </p>
      {place !== '' && (
        <p className="selection-place mono">
          <bdi className="ellipsis" title={clipText(place)}>
            {endOf(place, 60)}
          </bdi>
          <IconButton icon={Copy} size="s" label={words.copyPlace} onClick={() => copyText(place, words.copied)} />
        </p>
      )}
      <div className="selection-tools">
        <IconButton
          icon={ChevronLeft}
          size="s"
          label={words.previous}
          keys=","
          disabled={!slice.previous}
          onClick={() => selectSlice(trace, slice.previous, 'reveal')}
        />
        <IconButton icon={ChevronRight} size="s" label={words.next} keys="." disabled={!slice.next} onClick={() => selectSlice(trace, slice.next, 'reveal')} />
        <IconButton icon={Focus} size="s" label={words.zoom} keys="F" onClick={() => zoomTo(trace, slice.startNs, toNs)} />
        {!isMoment && <IconButton icon={Ruler} size="s" label={words.range} keys="R" onClick={() => rangeOfSelection(trace)} />}
      </div>
      <dl className="selection-facts">
        {!isMoment && (
          <>
            <dt>{words.total}</dt>
            <dd className="medium">{formatDuration(slice.durationNs)}</dd>
            <dt>{words.self}</dt>
            <dd>{formatDuration(slice.selfNs)}</dd>
          </>
        )}
        <dt>{words.start}</dt>
        <dd>{formatMoment(slice.startNs)}</dd>
        {!isMoment && !slice.isOpen && (
          <>
            <dt>{words.end}</dt>
            <dd>{formatMoment(toNs)}</dd>
          </>
        )}
        {slice.async && (
          <>
            <dt>{words.running}</dt>
            <dd>{formatDuration(slice.async.runningNs)}</dd>
            <dt>{words.waiting}</dt>
            <dd>{formatDuration(slice.async.waitingNs)}</dd>
          </>
        )}
        <dt>{words.depth}</dt>
        <dd>{formatCount(slice.depth)}</dd>
        {track && (
          <>
            <dt>{words.thread}</dt>
            <dd>
              <bdi className="ellipsis" title={clipText(track.name)}>
                {clipText(track.name, 60) || '–'}
              </bdi>
            </dd>
          </>
        )}
      </dl>
      {hasSource(about) && <SourceView key={about.id} trace={trace} about={about} />}
      {slice.exception && (
        <Part title={words.exception}>
          <p className="selection-exception mono">
            <Icon of={TriangleAlert} size="xs" />
            <bdi>{clipText(slice.exception.text, 2000)}</bdi>
          </p>
        </Part>
      )}
      {slice.args && slice.args.fields.length > 0 && (
        <Part title={words.arguments} count={slice.args.fields.length} copy={slice.args.json}>
          <ValueOutline fields={slice.args.fields} label={words.arguments} />
          {slice.args.isCut && <p className="t3">{words.cut}</p>}
        </Part>
      )}
      {slice.result && (
        <Part title={words.result} copy={slice.result.json}>
          <ValueOutline fields={slice.result.value.children?.length ? slice.result.value.children : [slice.result.value]} label={words.result} />
          {slice.result.isCut && <p className="t3">{words.cut}</p>}
        </Part>
      )}
      <Rows trace={trace} names={names} title={words.links} rows={[]}>
        {slice.links.map((link, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: links have no name of their own and keep their order.
          <li key={index}>
            {link.other ? (
              <SliceLine trace={trace} slice={link.other} names={names} before={words.link(link)} after={clipText(link.name, 40)} />
            ) : (
              <span className="selection-line t3">
                {words.link(link)} {words.notRecorded}
              </span>
            )}
          </li>
        ))}
      </Rows>
      {slice.async?.parent && <Rows trace={trace} names={names} title={words.parent} rows={[slice.async.parent]} />}
      {slice.async && <Rows trace={trace} names={names} title={words.parts} rows={slice.async.children.slice(0, CHILDREN_AT_ONCE)} />}
      {slice.async && <Rows trace={trace} names={names} title={words.runs} rows={slice.async.runs.slice(0, CHILDREN_AT_ONCE)} />}
      <Rows trace={trace} names={names} title={words.callers} rows={slice.ancestors.slice(-MOST_ANCESTORS).toReversed()} />
      <Children trace={trace} slice={slice} />
    </div>
  );
}

/** Names of all slices that are told of. */
function useNames(trace: TraceId, slice: SliceDetails): ReadonlyMap<NameId, NameInfo> {
  const rows = [...slice.ancestors, ...slice.links.flatMap(({ other }) => other ?? []), ...(slice.async?.children ?? []), ...(slice.async?.runs ?? [])];
  if (slice.async?.parent) rows.push(slice.async.parent);
  return useNamesOf(trace, rows);
}

function useNamesOf(trace: TraceId, rows: readonly SliceRow[]): ReadonlyMap<NameId, NameInfo> {
  const ids = [...new Set(rows.map((row) => row.name))].sort((a, b) => a - b);
  const infos = useTraceQuery(trace, 'names.get', ids.length > 0 ? { names: ids } : undefined).value ?? [];
  return new Map(infos.map((info) => [info.id, info]));
}

function Part({ title, count, copy, children }: { readonly title: string; readonly count?: number; readonly copy?: string; readonly children: ReactNode }) {
  return (
    <section className="selection-part" aria-label={title}>
      <div className="selection-part-head">
        <h4>{title}</h4>
        {count !== undefined && <span className="t3">{formatCount(count)}</span>}
        <span className="grow" />
        {copy !== undefined && <IconButton icon={Copy} size="s" label={words.copyAsJson(title.toLowerCase())} onClick={() => copyText(copy, words.copied)} />}
      </div>
      {children}
    </section>
  );
}

interface RowsProps {
  readonly trace: TraceId;
  readonly names: ReadonlyMap<NameId, NameInfo>;
  readonly title: string;
  readonly count?: number;
  readonly rows: readonly SliceRow[];
  readonly children?: ReactNode;
}

/** A list of slices; nothing at all where there are none. */
function Rows({ trace, names, title, count, rows, children }: RowsProps) {
  const own = Array.isArray(children) ? children.length : children ? 1 : 0;
  if (rows.length + own === 0) return null;
  return (
    <Part title={title} count={count ?? rows.length + own}>
      <ul className="selection-list">
        {rows.map((row) => (
          <li key={`${row.ref} ${row.startNs}`}>
            <SliceLine trace={trace} slice={row} names={names} />
          </li>
        ))}
        {children}
      </ul>
    </Part>
  );
}

function Children({ trace, slice }: { readonly trace: TraceId; readonly slice: SliceDetails }) {
  const { traces } = useClients();
  const [more, setMore] = useState<readonly SliceRow[]>([]);
  const rows = [...slice.children, ...more];
  const names = useNamesOf(trace, rows);
  if (slice.childCount === 0) return null;
  const rest = slice.childCount - rows.length;
  return (
    <Rows trace={trace} names={names} title={words.children} count={slice.childCount} rows={rows}>
      {rest > 0 ? (
        <li>
          <button
            type="button"
            className="outline-more"
            onClick={() => {
              traces.request('slices.children', { trace, ref: slice.ref, from: rows.length, count: CHILDREN_AT_ONCE }).then(
                (page) => setMore([...more, ...page.rows]),
                () => {
                  // The trace was closed meanwhile.
                },
              );
            }}
          >
            {words.more(rest)}
          </button>
        </li>
      ) : undefined}
    </Rows>
  );
}

interface SliceLineProps {
  readonly trace: TraceId;
  readonly slice: SliceRow;
  readonly names: ReadonlyMap<NameId, NameInfo>;
  readonly before?: string;
  readonly after?: string;
}

function SliceLine({ trace, slice, names, before, after }: SliceLineProps) {
  const info = names.get(slice.name);
  return (
    <button type="button" className="selection-line" onClick={() => selectSlice(trace, slice, 'reveal')}>
      {before !== undefined && <span className="t3">{before}</span>}
      <span className="swatch" style={{ background: `var(--data-${info ? sliceColour(info, 'category') : 9})` }} />
      <bdi className="ellipsis mono">{clipText(info?.text ?? '', 120)}</bdi>
      {after !== undefined && after !== '' && <span className="t3 ellipsis">{after}</span>}
      <span className="grow" />
      <span className="selection-time">{slice.durationNs > 0 ? formatDuration(slice.durationNs) : ''}</span>
    </button>
  );
}

const endOf = (text: string, most: number): string => (text.length > most ? `…${text.slice(1 - most)}` : text);
