/** The line between minimap and ruler: the way of zooms, the search, the filter of tracks, what is selected, snapping. */
import { ChevronDown, ChevronRight, ChevronUp, Contrast, ListFilter, Magnet, Route, Search, Table2, X } from 'lucide-react';
import { Fragment, useEffect, useState } from 'react';
import { formatDuration } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { showPanel } from '../../state/panel-store.ts';
import { goToCrumb, highlight } from '../../state/selection.ts';
import { changeSettings, useSettings } from '../../state/settings-store.ts';
import { stepSearch } from '../../state/slice-steps.ts';
import { filterTracks, useTrackFilter } from '../../state/track-view.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { type TimeRange, useView } from '../../state/view-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { FilterField, Icon, IconButton, TextField } from '../../widgets/index.ts';
import { words } from './words.ts';

/** While one types, a search that is over with the next letter is not begun. */
const TYPED_MS = 150;

export function TimelineBar({ trace }: { readonly trace: TraceId }) {
  const range = useView(trace, (view) => view.range);
  const { snap, flows } = useSettings();
  return (
    <div className="tl-crumbs">
      <Crumbs trace={trace} />
      <span className="grow" />
      {range && (
        <span className="tl-readout">
          {words.range} <b>{formatDuration(range.toNs - range.fromNs)}</b>
        </span>
      )}
      <SearchField trace={trace} />
      <TrackFilter />
      <IconButton icon={Table2} size="s" label={words.showTable} onClick={() => showPanel('slices')} />
      <IconButton
        icon={Route}
        size="s"
        label={flows === 'all' ? words.flowsOfSelection : words.flowsAll}
        aria-pressed={flows === 'all'}
        className={flows === 'all' ? 'tl-on' : ''}
        onClick={() => changeSettings({ flows: flows === 'all' ? 'selection' : 'all' })}
      />
      <IconButton
        icon={Magnet}
        size="s"
        label={words.snap}
        aria-pressed={snap}
        className={snap ? 'tl-on' : ''}
        onClick={() => changeSettings({ snap: !snap })}
      />
    </div>
  );
}

function Crumbs({ trace }: { readonly trace: TraceId }) {
  const crumbs = useView(trace, (view) => view.crumbs);
  return (
    <nav aria-label={words.breadcrumbs} className="tl-crumb-way">
      <button type="button" className="tl-crumb" onClick={() => goToCrumb(trace, undefined)}>
        {words.all}
      </button>
      {crumbs.map((crumb, index) => (
        <Fragment key={`${crumb.fromNs} ${crumb.toNs}`}>
          <Icon of={ChevronRight} size="xs" />
          <button
            type="button"
            className={`tl-crumb ${index === crumbs.length - 1 ? 'tl-crumb-here' : ''}`}
            aria-current={index === crumbs.length - 1 ? 'location' : undefined}
            onClick={() => goToCrumb(trace, index)}
          >
            {rangeText(crumb)}
          </button>
        </Fragment>
      ))}
    </nav>
  );
}

/** What it matches is outlined; Enter goes from match to match. */
function SearchField({ trace }: { readonly trace: TraceId }) {
  const { traces } = useClients();
  const { query, dim } = useView(trace, (view) => ({ query: view.highlight, dim: view.dimOthers }));
  const [text, setText] = useState(query);
  const { value: state } = useTraceQuery(trace, 'search.state', query === '' ? undefined : { query, scope: {} }, 250);
  // Another panel searches too: the field shows what is searched for.
  useEffect(() => setText((typed) => (typed.trim() === query ? typed : query)), [query]);
  useEffect(() => {
    if (text.trim() === query) return;
    const timer = setTimeout(() => highlight(trace, text.trim(), dim), TYPED_MS);
    return () => clearTimeout(timer);
  }, [trace, text, query, dim]);
  const step = (backwards: boolean) => {
    highlight(trace, text.trim(), dim);
    stepSearch(traces, trace, backwards).catch(() => {
      // A query that cannot be understood says so beside the field.
    });
  };
  const clear = () => {
    setText('');
    highlight(trace, '');
  };
  const problem = query === '' ? undefined : state?.problem;
  return (
    <search className="tl-search">
      <TextField
        size="s"
        className="tl-search-field"
        icon={Search}
        value={text}
        bad={problem !== undefined}
        placeholder={words.search}
        aria-label={words.search}
        title={problem?.message ?? words.searchHint}
        data-timeline-search=""
        onChange={setText}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey);
          else if (event.key === 'Escape' && text !== '') clear();
          else if (event.key === 'Escape') event.currentTarget.blur();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
        after={text !== '' && <IconButton icon={X} size="s" label={words.clearSearch} onClick={clear} />}
      />
      {query !== '' && (
        <>
          <span className={`tl-hits ${problem ? 'error' : ''}`} role="status" title={problem?.message}>
            {problem ? problem.message : state ? words.hits(state.hits, state.done >= 1) : ''}
          </span>
          <IconButton icon={ChevronUp} size="s" label={words.previousHit} keys="Shift+F3" onClick={() => step(true)} />
          <IconButton icon={ChevronDown} size="s" label={words.nextHit} keys="F3" onClick={() => step(false)} />
          <IconButton
            icon={Contrast}
            size="s"
            label={words.dimOthers}
            aria-pressed={dim}
            className={dim ? 'tl-on' : ''}
            onClick={() => highlight(trace, query, !dim)}
          />
        </>
      )}
    </search>
  );
}

function TrackFilter() {
  const filter = useTrackFilter();
  return <FilterField className="tl-filter" label={words.filterTracks} icon={ListFilter} value={filter} onChange={filterTracks} />;
}

const seconds = (ns: number): string =>
  (ns / 1e9)
    .toFixed(3)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
function rangeText({ fromNs, toNs }: TimeRange): string {
  if (toNs - fromNs < 2e6) return `${seconds(fromNs)} s + ${formatDuration(toNs - fromNs)}`;
  return `${seconds(fromNs)} to ${seconds(toNs)} s`;
}
