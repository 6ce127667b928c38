import { Box, ChevronDown, ChevronRight, Search } from 'lucide-react';
import { useState } from 'react';
import { clipText, formatCount } from '../../drawing/format.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { selectObject, stepSnapshot, useView } from '../../state/view-store.ts';
import type { ObjectInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { Icon, TextField } from '../../widgets/index.ts';
import { groupByClass } from './object-groups.ts';
import './objects.css';

const FILTER_FROM = 12;
/** More of one class are reached by the filter: a sidebar of thousands of rows helps nobody. */
const MOST_PER_CLASS = 100;

/** The objects of a trace by class, for the sidebar. Choosing one shows it in the inspector. */
export function ObjectList({ trace }: { readonly trace: TraceId }) {
  const objects = useTraceQuery(trace, 'objects.list', {}, 500).value ?? [];
  const selected = useView(trace, (view) => view.object);
  const [filter, setFilter] = useState('');
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const { kind } = useTraceSource(trace);
  if (objects.length === 0) return <p className="object-list-none">{noneTitle('objects', kind)}</p>;
  const wanted = filter.trim().toLowerCase();
  const matching = wanted === '' ? objects : objects.filter((each) => `${each.name}\n${each.className}`.toLowerCase().includes(wanted));
  const toggle = (name: string) =>
    setFolded((before) => {
      const next = new Set(before);
      if (!next.delete(name)) next.add(name);
      return next;
    });
  return (
    <>
      {objects.length >= FILTER_FROM && (
        <div className="object-list-filter">
          <TextField aria-label="Filter objects" placeholder="Filter" icon={Search} size="s" value={filter} onChange={setFilter} />
        </div>
      )}
      <ul className="object-list" aria-label="Objects">
        {groupByClass(matching).map(({ className, members }) => (
          <li key={className}>
            <button type="button" className="object-class" aria-expanded={!folded.has(className)} onClick={() => toggle(className)}>
              <Icon of={folded.has(className) ? ChevronRight : ChevronDown} size="xs" />
              <span className="object-name">{clipText(className, 120)}</span>
              <span className="object-count">{formatCount(members.length)}</span>
            </button>
            {!folded.has(className) && <Members trace={trace} members={members} selected={selected} />}
          </li>
        ))}
      </ul>
    </>
  );
}

interface MembersProps {
  readonly trace: TraceId;
  readonly members: readonly ObjectInfo[];
  readonly selected: number | undefined;
}

function Members({ trace, members, selected }: MembersProps) {
  return (
    <ul className="object-list">
      {members.slice(0, MOST_PER_CLASS).map((object) => (
        <li key={object.id}>
          <button
            type="button"
            className="object-row"
            aria-current={object.id === selected}
            title={`${clipText(object.name)}\n${formatCount(object.snapshots)} snapshots${object.deletedNs === undefined ? '' : ', deleted'}`}
            onClick={() => selectObject(trace, object.id)}
            onKeyDown={(event) => {
              // The eye is on the inspector, the focus still in the list: the arrows step there.
              const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : undefined;
              if (by !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey && stepSnapshot(trace, by)) event.preventDefault();
            }}
          >
            <Icon of={Box} />
            <span className="object-name">{clipText(object.name, 200)}</span>
            {object.deletedNs !== undefined && <span className="object-deleted">deleted</span>}
            <span className="object-count" aria-hidden="true">
              {formatCount(object.snapshots)}
            </span>
            <span className="visually-hidden">, {formatCount(object.snapshots)} snapshots</span>
          </button>
        </li>
      ))}
      {members.length > MOST_PER_CLASS && <li className="object-more">{formatCount(members.length - MOST_PER_CLASS)} more. Filter to find one.</li>}
    </ul>
  );
}
