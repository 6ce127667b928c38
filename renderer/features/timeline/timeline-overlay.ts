/**
 * What lies over the canvas: cross-hair with its time and the values of counters, the outline of what is under the pointer, the
 * selected range, marks. Plain elements that are moved: a second canvas over the first one would cost as much as the first, and
 * drawing all tracks anew for each move of the pointer more.
 */

import { lineValueAt } from '../../drawing/column-lines.ts';
import { formatMoment, formatValue } from '../../drawing/format.ts';
import { valueY } from '../../drawing/timeline/counter-row.ts';
import { clockText, type TimeBase } from '../../drawing/timeline/ruler.ts';
import { pointerState, type SnapshotPins, viewState } from '../../state/view-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { isPlacedLane } from './lane-layout.ts';
import type { Draft } from './timeline-gestures.ts';
import type { Hit } from './timeline-hit.ts';
import { counterBox, eachInSight, RULER_PX, type Scene } from './timeline-picture.ts';

export class TimelineOverlay {
  private readonly trace: TraceId;
  private readonly host: HTMLElement;
  private readonly cross = made('tl-cross');
  private readonly plate = made('tl-plate');
  private readonly hover = made('tl-hover');
  private readonly fills: HTMLElement[] = [];
  private readonly values: HTMLElement[] = [];
  private readonly pins = { a: made('tl-pin'), b: made('tl-pin') } as const;
  hovered: Hit | undefined;
  draft: Draft | undefined;

  constructor(trace: TraceId, host: HTMLElement) {
    this.trace = trace;
    this.host = host;
    this.pins.a.textContent = 'A';
    this.pins.b.textContent = 'B';
    host.append(this.hover, this.pins.a, this.pins.b, this.cross, this.plate);
  }

  end(): void {
    for (const each of [this.cross, this.plate, this.hover, this.pins.a, this.pins.b, ...this.fills, ...this.values]) each.remove();
  }

  /** After each frame, and when only the pointer moved. */
  update(scene: Scene, base: TimeBase): void {
    const view = viewState(this.trace);
    const pointer = pointerState(this.trace);
    const crossNs = pointer?.ns ?? view.cursorNs;
    const { range } = scene;
    this.placeCross(scene, base, crossNs !== undefined && crossNs >= range.fromNs && crossNs <= range.toNs ? crossNs : undefined);
    this.placeHover(scene);
    this.placeFills(scene);
    this.placePins(scene, view.pins);
  }

  private placeCross(scene: Scene, base: TimeBase, ns: number | undefined): void {
    const { cross, plate } = this;
    hide(cross, ns === undefined);
    hide(plate, ns === undefined);
    let used = 0;
    if (ns !== undefined) {
      const x = xOf(scene, ns);
      cross.style.transform = `translate(${Math.round(x)}px, ${RULER_PX}px)`;
      cross.style.height = `${scene.height - RULER_PX}px`;
      const text = momentText(ns, base);
      if (plate.textContent !== text) plate.textContent = text;
      const half = text.length * 3.2 + 8;
      plate.style.transform = `translate(${Math.round(Math.max(scene.left + half, Math.min(scene.width - half, x)))}px, 3px) translateX(-50%)`;
      for (const place of scene.regions) {
        eachInSight(place, (placed, y) => {
          const picture = isPlacedLane(placed) ? scene.counters.get(placed.lane.key) : undefined;
          if (!picture || !isPlacedLane(placed)) return;
          const value = lineValueAt(picture.lines.grid, picture.lines.first, ns);
          if (Number.isNaN(value)) return;
          const at = valueY(value, picture.range, counterBox(scene, y, placed.height));
          if (at < place.top || at > place.bottom) return;
          const mine = this.valueElement(used++);
          mine.style.color = scene.counterColours(placed)[0] ?? '';
          const words = mine.lastElementChild as HTMLElement;
          const shown = formatValue(value);
          if (words.textContent !== shown) words.textContent = shown;
          mine.classList.toggle('tl-value-left', x > scene.width - 90);
          mine.style.transform = `translate(${Math.round(x)}px, ${Math.round(at)}px)`;
        });
      }
    }
    for (let k = used; k < this.values.length; k++) hide(this.values[k] as HTMLElement, true);
  }

  private valueElement(index: number): HTMLElement {
    let mine = this.values[index];
    if (!mine) {
      mine = made('tl-value');
      mine.append(made('tl-value-dot'), made('tl-value-text'));
      for (const child of mine.children) (child as HTMLElement).hidden = false;
      this.values.push(mine);
      this.host.append(mine);
    }
    hide(mine, false);
    return mine;
  }

  private placeHover(scene: Scene): void {
    const { hover, hovered } = this;
    const item = hovered?.item;
    hide(hover, item === undefined);
    if (!item || !hovered) return;
    const { view } = item;
    const pixelNs = (view.toNs - view.fromNs) / view.columns;
    const from = Math.max(scene.left, xOf(scene, view.fromNs + (view.x0[item.item] as number) * pixelNs));
    const to = Math.min(scene.width, xOf(scene, view.fromNs + (view.x1[item.item] as number) * pixelNs));
    hover.style.transform = `translate(${Math.round(from)}px, ${Math.round(hovered.y)}px)`;
    hover.style.width = `${Math.max(3, Math.round(to - from) - 1)}px`;
    hover.style.height = `${hovered.height - 1}px`;
  }

  /** The selected range, or the one that is being dragged: over all lanes, or over those that it was dragged over. */
  private placeFills(scene: Scene): void {
    const range = this.draft ?? viewState(this.trace).range;
    const boxes: { readonly y: number; readonly height: number }[] = [];
    if (range) {
      const tracks = range.tracks && new Set(range.tracks);
      if (!tracks) boxes.push({ y: RULER_PX, height: scene.height - RULER_PX });
      else {
        for (const place of scene.regions) {
          eachInSight(place, (placed, y) => {
            if (!isPlacedLane(placed) || !tracks.has(placed.lane.track.id)) return;
            const top = Math.max(place.top, y);
            const bottom = Math.min(place.bottom, y + placed.height - 1);
            const last = boxes.at(-1);
            // Lanes side by side are one box.
            if (last && top - (last.y + last.height) <= 2) boxes[boxes.length - 1] = { y: last.y, height: bottom - last.y };
            else boxes.push({ y: top, height: bottom - top });
          });
        }
      }
    }
    const from = range ? Math.max(scene.left - 2, xOf(scene, Math.min(range.fromNs, range.toNs))) : 0;
    const to = range ? Math.min(scene.width + 2, xOf(scene, Math.max(range.fromNs, range.toNs))) : 0;
    const seen = to > from || (range !== undefined && from > scene.left && from < scene.width) ? boxes : [];
    seen.forEach((box, k) => {
      let fill = this.fills[k];
      if (!fill) {
        fill = made('tl-fill');
        this.fills.push(fill);
        this.host.insertBefore(fill, this.hover);
      }
      hide(fill, false);
      fill.style.transform = `translate(${from}px, ${box.y}px)`;
      fill.style.width = `${Math.max(1, to - from)}px`;
      fill.style.height = `${Math.max(0, box.height)}px`;
    });
    for (let k = seen.length; k < this.fills.length; k++) hide(this.fills[k] as HTMLElement, true);
  }

  /** Two snapshots that are compared, on the track of their object. */
  private placePins(scene: Scene, pins: SnapshotPins | undefined): void {
    const seen = new Set<'a' | 'b'>();
    for (const place of scene.regions) {
      eachInSight(place, (placed, y) => {
        if (!pins || !isPlacedLane(placed) || placed.lane.object?.id !== pins.object) return;
        const at = y + placed.height / 2;
        if (at < place.top || at > place.bottom) return;
        for (const side of ['a', 'b'] as const) {
          const x = xOf(scene, pins[side]?.timeNs ?? Number.NaN);
          if (!(x >= scene.left && x <= scene.width)) continue;
          seen.add(side);
          this.pins[side].style.transform = `translate(${Math.round(x)}px, ${Math.round(at)}px) translate(-50%, -50%)`;
        }
      });
    }
    for (const side of ['a', 'b'] as const) hide(this.pins[side], !seen.has(side));
  }
}

/** An attribute that is set counts as a change, whatever it was before. */
function hide(element: HTMLElement, hidden: boolean): void {
  if (element.hidden !== hidden) element.hidden = hidden;
}

function made(className: string): HTMLElement {
  const element = document.createElement('div');
  element.className = className;
  element.hidden = true;
  return element;
}

export const xOf = (scene: Pick<Scene, 'left' | 'width' | 'range'>, ns: number): number =>
  scene.left + ((ns - scene.range.fromNs) / (scene.range.toNs - scene.range.fromNs)) * (scene.width - scene.left);

/** A moment as the ruler counts. */
export function momentText(ns: number, base: TimeBase): string {
  if (base.kind === 'mark') {
    const from = ns - base.atNs;
    return `${from < 0 ? '−' : '+'}${formatMoment(Math.abs(from))}`;
  }
  if (base.kind === 'clock') return clockText(base.startEpochMs + base.offsetMinutes * 60_000 + ns / 1e6, 1000);
  return formatMoment(ns);
}
