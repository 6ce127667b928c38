/** What is under the pointer, in words: at once what is drawn, and when the pointer rests what the worker knows of it. */
import { useEffect, useState } from 'react';
import { formatDuration } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { ItemFlag, type SliceRow } from '../../trace/trace-worker-api.ts';
import type { TimelineBoard } from './timeline-board.ts';
import type { Hit } from './timeline-hit.ts';
import { words } from './words.ts';

const RESTS_MS = 120;
const WIDTH = 260;

export interface Hovered {
  readonly hit: Hit;
  readonly ns: number;
  /** In the window. */
  readonly x: number;
  readonly y: number;
}

export function HoverTip({ board, hovered }: { readonly board: TimelineBoard; readonly hovered: Hovered | undefined }) {
  const { traces } = useClients();
  const [slice, setSlice] = useState<{ readonly key: string; readonly row: SliceRow | undefined }>();
  const item = hovered?.hit.item;
  const part = hovered?.hit.part;
  const key = hovered && part && item ? `${part.track.id} ${hovered.hit.row} ${item.view.ref[item.item]} ${item.view.x0[item.item]}` : '';

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for what is under the pointer, not for each of its moves.
  useEffect(() => {
    if (!hovered || !part || !item) return;
    let ended = false;
    const timer = setTimeout(() => {
      const withinNs = ((item.view.toNs - item.view.fromNs) / item.view.columns) * 2;
      traces.request('timeline.hit', { trace: board.trace, track: part.track.id, row: hovered.hit.row, atNs: hovered.ns, withinNs }).then(
        (row) => ended || setSlice({ key, row: row ?? undefined }),
        () => ended || setSlice({ key, row: undefined }),
      );
    }, RESTS_MS);
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [key]);

  if (!hovered || !item || !part || slice?.key !== key) return null;
  const { view } = item;
  const id = slice.row?.name ?? (view.name[item.item] as number);
  board.names.wantOne(id);
  const info = board.names.get(id);
  const flags = view.flags[item.item] as number;
  const merged = view.merged[item.item] as number;
  const colour = board.palette().data[board.names.colours[id] || 9];
  const left = Math.min(hovered.x + 12, window.innerWidth - WIDTH - 8);
  const below = hovered.y + 22 < window.innerHeight - 80;
  return (
    <div className="tl-tip" style={{ left, ...(below ? { top: hovered.y + 18 } : { bottom: window.innerHeight - hovered.y + 10 }), maxWidth: WIDTH }}>
      <div className="tl-tip-line">
        <span className="swatch" style={{ background: colour }} />
        <bdi className="mono tl-tip-name">{board.names.text(id)}</bdi>
        {info && info.category !== '' && <span className="t3 ellipsis">{info.category.slice(0, 40)}</span>}
        <span className="grow" />
        {slice.row && (flags & ItemFlag.INSTANT) === 0 && <b className="tl-tip-time">{formatDuration(slice.row.durationNs)}</b>}
      </div>
      <div className="tl-tip-line t2">
        {slice.row && slice.row.selfNs > 0 && <span>{words.selfTime(formatDuration(slice.row.selfNs))}</span>}
        {(flags & ItemFlag.OPEN) !== 0 && merged === 1 && <span>{(flags & ItemFlag.ASYNC) !== 0 ? words.pendingSlice : words.open}</span>}
        {slice.row && (slice.row.flags & ItemFlag.ERROR) !== 0 && <span className="tl-tip-error">{words.threw}</span>}
        {merged > 1 && (
          <span>
            {words.many(merged, '')}, {words.busyHere(view.busy[item.item] as number)}
          </span>
        )}
      </div>
      {info && info.file !== '' && <div className="tl-tip-line t3 mono tl-tip-file">{placeText(info.file, info.line)}</div>}
    </div>
  );
}

/** The end of a path, which tells most, and the line. */
export function placeText(file: string, line: number): string {
  const short = file.length > 48 ? `…${file.slice(-47)}` : file;
  return line > 0 ? `${short}:${line}` : short;
}
