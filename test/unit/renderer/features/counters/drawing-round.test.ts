import { describe, expect, it } from 'vitest';
import { DrawingRound } from '../../../../../renderer/features/counters/drawing-round.ts';

/** A board that draws `quota` panels in each frame; every panel has something new in every frame. */
function board(panels: readonly string[], quota: number) {
  const round = new DrawingRound<string, number>();
  const shown = new Map<string, number>();
  let time = 0;
  const frame = (keep = true) => {
    time += 1;
    const now = time;
    const moment = round.begin(keep, () => now);
    // One that shows the moment has nothing new.
    const due = round.due(panels.filter((panel) => shown.get(panel) !== moment));
    for (const panel of due.slice(0, quota)) {
      shown.set(panel, moment);
      round.drawn(panel);
    }
    return moment;
  };
  return { round, shown, frame };
}

describe('DrawingRound', () => {
  it('shows each frame’s own moment while all are drawn in it', () => {
    const { frame, shown } = board(['a', 'b', 'c'], 3);
    expect([frame(), frame(), frame()]).toEqual([1, 2, 3]);
    expect([...shown.values()]).toEqual([3, 3, 3]);
  });

  it('keeps to one moment until every panel has shown it', () => {
    const { frame, shown } = board(['a', 'b', 'c'], 1);
    expect([frame(), frame(), frame()]).toEqual([1, 1, 1]);
    expect([...shown.values()]).toEqual([1, 1, 1]);
    expect(frame()).toBe(4);
  });

  it('begins anew when the user moves the view', () => {
    const { frame } = board(['a', 'b', 'c'], 1);
    frame();
    expect(frame(false)).toBe(2);
  });

  it('does not hold on to a moment that nobody shows yet', () => {
    const { frame } = board(['a'], 0);
    expect([frame(), frame()]).toEqual([1, 2]);
  });

  it('brings panels into sight together', () => {
    const { frame, round } = board(['a', 'b', 'c'], 1);
    const seen = [1, 2, 3, 4].map(() => {
      frame();
      return round.takeFinished();
    });
    expect(seen).toEqual([[], [], ['a', 'b', 'c'], []]);
  });

  it('waits for no panel that has gone', () => {
    const round = new DrawingRound<string, number>();
    round.begin(true, () => 1);
    round.due(['a', 'b']);
    round.drawn('a');
    expect(round.begin(true, () => 2)).toBe(1);
    expect(round.due([])).toEqual([]);
    expect(round.begin(true, () => 3)).toBe(3);
  });
});
