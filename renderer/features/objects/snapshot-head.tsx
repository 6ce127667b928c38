/** Above the value: which snapshot is shown, where it lies among the others, which two are pinned, and what changed. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { formatCount, formatMoment } from '../../drawing/format.ts';
import { togglePin } from '../../state/object-steps.ts';
import { goToMoment, type SnapshotPins } from '../../state/view-store.ts';
import type { SnapshotView, TraceId } from '../../trace/trace-worker-api.ts';
import { Button, IconButton } from '../../widgets/index.ts';
import { Count } from './count.tsx';
import { SnapshotStrip } from './snapshot-strip.tsx';
import { words } from './words.ts';

interface SnapshotHeadProps {
  readonly trace: TraceId;
  /** The one that is shown. */
  readonly snapshot: SnapshotView;
  /** What is told of changes: of the one that is shown, or of the comparison of two. */
  readonly told: SnapshotView | undefined;
  /** Two are compared. */
  readonly isDiff: boolean;
  /** The cross-hair stands where there is no snapshot yet. */
  readonly isBefore: boolean;
  readonly pins: SnapshotPins | undefined;
  readonly times: Float64Array;
  /** When what is chosen changed. */
  readonly changes: Float64Array | undefined;
  readonly count: number;
  /** What is below has no room for all of it: the strip and what changed are left out where that tells the same. */
  readonly isShort: 'no' | 'without-changes' | 'without-strip';
  readonly onStep: (by: -1 | 1) => void;
  readonly onPick: (index: number) => void;
}

export function SnapshotHead({ trace, snapshot, told, isDiff, isBefore, pins, times, changes, count, isShort, onStep, onPick }: SnapshotHeadProps) {
  const { index, timeNs } = snapshot;
  return (
    <>
      <div className="inspector-steps">
        <IconButton icon={ChevronLeft} label={words.previous} keys="ArrowLeft" kind="default" size="s" disabled={index <= 0} onClick={() => onStep(-1)} />
        <IconButton icon={ChevronRight} label={words.next} keys="ArrowRight" kind="default" size="s" disabled={index >= count - 1} onClick={() => onStep(1)} />
        <span className="inspector-count">
          {words.snapshot} <b>{formatCount(index + 1)}</b> <span>{words.snapshotOf(count)}</span>
        </span>
        <span className="inspector-space" />
        <button type="button" className="inspector-time" title={words.goThere} onClick={() => goToMoment(trace, timeNs)}>
          {formatMoment(timeNs)}
        </button>
      </div>
      {isShort !== 'without-strip' && <SnapshotStrip times={times} count={count} index={index} timeNs={timeNs} changes={changes} pins={pins} onPick={onPick} />}
      {isShort === 'no' && (
        <div className="inspector-changes">
          {(['a', 'b'] as const).map((side) => (
            <Pin key={side} trace={trace} side={side} snapshot={snapshot} pins={pins} />
          ))}
          <Told told={told} isDiff={isDiff} isBefore={isBefore} pins={pins} />
        </div>
      )}
    </>
  );
}

interface PinProps {
  readonly trace: TraceId;
  readonly side: 'a' | 'b';
  readonly snapshot: SnapshotView;
  readonly pins: SnapshotPins | undefined;
}

function Pin({ trace, side, snapshot, pins }: PinProps) {
  const isHere = pins?.[side]?.index === snapshot.index;
  const label = words.pin(side, isHere);
  return (
    <Button
      size="s"
      kind="quiet"
      className={`inspector-pin ${pins?.[side] ? 'inspector-pinned' : ''}`}
      aria-label={label}
      aria-pressed={isHere}
      title={label}
      onClick={() => togglePin(trace, snapshot.object, side, { index: snapshot.index, timeNs: snapshot.timeNs })}
    >
      {side.toUpperCase()}
    </Button>
  );
}

interface ToldProps {
  readonly told: SnapshotView | undefined;
  readonly isDiff: boolean;
  readonly isBefore: boolean;
  readonly pins: SnapshotPins | undefined;
}

function Told({ told, isDiff, isBefore, pins }: ToldProps) {
  if (!told) return null;
  const { added, removed, changed, moved, index } = told;
  const total = added + removed + changed + moved;
  const b = pins?.b ? words.pinName('B', pins.b.index) : words.shown;
  const said = isDiff && pins?.a ? words.pinned(words.pinName('A', pins.a.index), b) : isBefore ? words.before : words.since(index, total);
  return (
    <>
      <span className="inspector-said" title={said}>
        {said}
      </span>
      <span className="inspector-space" />
      {isDiff && total === 0 && <span>{words.nothingBetween}</span>}
      {(isDiff || index > 0) && total > 0 && (
        <>
          <Count what="added" count={added} />
          <Count what="removed" count={removed} />
          <Count what="changed" count={changed} />
          {moved > 0 && <Count what="moved" count={moved} />}
        </>
      )}
    </>
  );
}
