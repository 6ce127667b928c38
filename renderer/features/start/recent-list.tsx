import { ChevronDown, FileChartLine, FileJson2, History, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { SessionEnd } from '../../../core/protocol/recording-format.ts';
import type { RecentItem, RecordingGlance } from '../../../core/protocol/studio-api.ts';
import { formatDuration } from '../../drawing/format.ts';
import { formatAgo, formatBytes, plural, shortPath } from '../../state/words.ts';
import { Badge, Button, Icon, IconButton } from '../../widgets/index.ts';
import { hasPicture, Thumbnail } from './thumbnail.tsx';
import { words } from './words.ts';

/** How a script is asked to end from outside: by kill, by Ctrl+C, by a closed terminal. */
const POLITE = new Set(['SIGTERM', 'SIGINT', 'SIGHUP']);

/** Only what is worth a look; that it ended by itself is what everybody expects. */
function EndBadge({ end }: { readonly end: SessionEnd }) {
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? null : <Badge tone="error">{words.exit(end.code)}</Badge>;
    case 'signalled':
      return <Badge tone={POLITE.has(end.signal) ? 'neutral' : 'error'}>{end.signal}</Badge>;
    case 'stopped':
      return <Badge>{words.stopped}</Badge>;
    case 'failed-to-start':
      return <Badge tone="error">{words.notStarted}</Badge>;
    case 'recorder-lost':
      return <Badge tone="error">{words.recorderLost}</Badge>;
  }
}

/** "31,901 slices · 4 counters · 1 object" */
const holds = ({ slices, counters, objects }: RecordingGlance): string =>
  [slices > 0 && plural(slices, 'slice'), counters > 0 && plural(counters, 'counter'), objects > 0 && plural(objects, 'object')]
    .filter((part) => part !== false)
    .join(' · ') || words.noEvents;

/** As the run took it; of a trace that was opened, as its events do. */
function formatLength({ durationNs, glance }: RecentItem): string {
  const length = durationNs ?? glance?.durationNs;
  return length === undefined ? '' : formatDuration(length);
}

interface RecentListProps {
  readonly items: readonly RecentItem[] | undefined;
  readonly home: string | undefined;
  readonly keepRule: string | undefined;
  /** Rows before the others are asked for. */
  readonly most: number;
  readonly onOpen: (item: RecentItem) => void;
  readonly onDiscard: (item: RecentItem) => void;
}

export function RecentList({ items, home, keepRule, most, onOpen, onDiscard }: RecentListProps) {
  const now = Date.now();
  // What was never saved comes first: after a crash it is what the user looks for.
  const sorted = [...(items ?? [])].sort((a, b) => Number(b.recovered) - Number(a.recovered) || b.openedAtMs - a.openedAtMs);
  const [all, setAll] = useState(false);
  const shown = all || sorted.length <= most + 1 ? sorted : sorted.slice(0, most);
  return (
    <section aria-label={words.recentList}>
      <div className="start-head">
        <h2>{words.recent}</h2>
        {shown.length > 0 && (
          <div className="start-head-cols" aria-hidden="true">
            <span className="num col-length">{words.length}</span>
            <span className="num col-size">{words.size}</span>
            <span className="num col-opened">{words.opened}</span>
          </div>
        )}
      </div>
      {items !== undefined && items.length === 0 && (
        <div className="start-empty">
          <Icon of={History} size="l" />
          <span>
            <b>{words.none}</b>
            {words.noneText}
          </span>
        </div>
      )}
      <ul>
        {shown.map((item) => (
          <li key={item.ref} className="start-recent">
            <button
              type="button"
              className={`start-recent-open ${item.missing ? 'start-missing' : ''}`}
              disabled={item.missing}
              title={item.path}
              onClick={() => onOpen(item)}
            >
              <span className="start-picture">
                {item.glance && hasPicture(item.glance) ? (
                  <Thumbnail glance={item.glance} />
                ) : (
                  <Icon of={/\.json(\.gz)?$/.test(item.path) ? FileJson2 : FileChartLine} size="m" />
                )}
              </span>
              <span className="grow" style={{ minWidth: 0 }}>
                <span className="start-recent-name">
                  <span className="visually-hidden">{words.open} </span>
                  <span className="medium ellipsis">{item.title}</span>
                  {item.recovered && <Badge tone="warn">{words.recovered}</Badge>}
                  {!item.recovered && item.unsaved && <Badge>{words.notSaved}</Badge>}
                  {item.end && <EndBadge end={item.end} />}
                  {item.missing && <Badge tone="warn">{words.gone}</Badge>}
                </span>
                <span className="start-recent-path mono ellipsis" aria-hidden="true">
                  {item.unsaved ? words.keptHere : shortPath(item.path, home)}
                </span>
                {item.missing ? (
                  <span className="start-recent-holds">{words.goneText}</span>
                ) : (
                  item.glance && <span className="start-recent-holds ellipsis">{holds(item.glance)}</span>
                )}
              </span>
              <span className="start-recent-numbers" aria-hidden="true">
                <span className="num col-length">{formatLength(item)}</span>
                <span className="num col-size t3">{formatBytes(item.bytes)}</span>
                <span className="num col-opened t3">{formatAgo(item.openedAtMs, now)}</span>
              </span>
            </button>
            {item.unsaved && (
              <IconButton
                icon={Trash2}
                size="s"
                kind="default"
                className="start-recent-discard"
                label={words.discard(item.title)}
                onClick={() => onDiscard(item)}
              />
            )}
          </li>
        ))}
      </ul>
      {shown.length > 0 && (
        <div className="start-foot">
          {shown.length < sorted.length && (
            <Button size="s" kind="quiet" icon={ChevronDown} onClick={() => setAll(true)}>
              {words.showMore(sorted.length - shown.length)}
            </Button>
          )}
          <span className="grow" />
          {keepRule && sorted.some((item) => item.unsaved) && <span>{keepRule}</span>}
        </div>
      )}
    </section>
  );
}
