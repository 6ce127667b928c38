/** One frame of the timeline: everything on its canvas, from below to above. What is drawn comes in; nothing is asked here. */
import type { ValueRange } from '../../drawing/axis-range.ts';
import { formatDuration } from '../../drawing/format.ts';
import { LineLayer } from '../../drawing/line-layer.ts';
import { type Palette, withAlpha } from '../../drawing/palette.ts';
import { type RectInk, stripesOf } from '../../drawing/pixel-ink.ts';
import { PixelLayer } from '../../drawing/pixel-layer.ts';
import { type CounterRowBox, drawCounterLabel, drawCounterLayer, drawCounterLines, type RowLines } from '../../drawing/timeline/counter-row.ts';
import { type Arrow, drawArrows } from '../../drawing/timeline/flow-arrows.ts';
import { Flag, ItemOrder, type Placement, RowKind, type RowPlaces } from '../../drawing/timeline/items.ts';
import {
  drawBlocked,
  drawBlockedWords,
  drawCollections,
  drawInstants,
  drawLaneRects,
  drawObjects,
  drawPills,
  type ThreadExtent,
} from '../../drawing/timeline/marks.ts';
import { drawGrid, drawRuler, type RulerMark } from '../../drawing/timeline/ruler.ts';
import { Durations, drawLabels, drawLaneLabels, drawPlates, type LabelLook } from '../../drawing/timeline/slice-labels.ts';
import { drawErrors, drawOutlines, drawSlices, type SliceLook } from '../../drawing/timeline/slices.ts';
import type { TimeRange } from '../../state/view-store.ts';
import type { NameId, SliceRef, TimelineView } from '../../trace/trace-worker-api.ts';
import { firstBelow, isPlacedLane, type LanePart, type Placed, type PlacedLane, type Region } from './lane-layout.ts';
import type { NameBook } from './name-book.ts';

export const RULER_PX = 24;

/** Rows of an answer, in the order in which they were asked for. */
export interface AskedRow {
  readonly laneKey: string;
  readonly part: LanePart;
  readonly row: number;
}

export interface RegionPlace {
  readonly region: Region;
  /** Pixels of the canvas. */
  readonly top: number;
  readonly bottom: number;
  readonly scrollTop: number;
}

export interface CounterPicture {
  readonly lines: RowLines;
  readonly range: ValueRange;
  /** Newest value of the first series in the range, as the legends show it. */
  readonly now: number | null;
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  /** Left side of the plot: what lies at its left are heads. */
  readonly left: number;
  readonly range: TimeRange;
  readonly endNs: number;
  readonly live: boolean;
  readonly marks: readonly RulerMark[];
  readonly regions: readonly RegionPlace[];
  readonly view: TimelineView | undefined;
  readonly asked: readonly AskedRow[];
  readonly counters: ReadonlyMap<string, CounterPicture>;
  readonly counterColours: (lane: PlacedLane) => readonly string[];
  readonly arrows: readonly Arrow[];
  /** track, from, to, lost: four numbers each. */
  readonly gaps: Float64Array;
  readonly chosen: {
    readonly ref: SliceRef;
    readonly name: NameId;
    readonly otherName: NameId;
    readonly track: number;
    readonly hits: boolean;
    readonly dimOthers: boolean;
    readonly objectTrack: number;
  };
  readonly byThread: boolean;
}

export interface PictureFonts {
  readonly name: string;
  readonly small: string;
  readonly axis: string;
  readonly axisBold: string;
  readonly words: string;
}

export const fontsOf = (palette: Palette): PictureFonts => ({
  name: `480 11px ${palette.uiFont}`,
  small: `450 10.5px ${palette.uiFont}`,
  axis: `420 10.5px ${palette.uiFont}`,
  axisBold: `550 10.5px ${palette.uiFont}`,
  words: `550 10px ${palette.uiFont}`,
});

const MOST_KEPT = 5000;
/** From so many items on, rectangles are written into pixels. Below, the canvas draws them, with edges between pixels. */
const DENSE_FROM = 1500;
/** The same for lines of counters: each has a rectangle or two in each column of pixels. */
const MANY_SERIES = 16;
/** Half of the widest mark of a moment. */
const LAST_PX = 5;
const pixelStripes = (colour: string): string => stripesOf(withAlpha(colour, STRIPE_OPACITY));
const STRIPE_OPACITY = 0.85;

export class TimelinePicture {
  private readonly ink: CanvasRenderingContext2D;
  private readonly names: NameBook;
  private readonly order = new ItemOrder();
  private readonly durations = new Durations();
  private kind = new Uint8Array(64);
  private y = new Float32Array(64);
  private colour = new Uint8Array(64);
  private readonly widths = new Map<string, number>();
  private readonly durationTexts = new Map<number, string>();
  private readonly layer = new PixelLayer();
  /** Lines of counters, by the key of their lane; of those that were drawn in the last frame. */
  private readonly rowLayers = new Map<string, LineLayer>();
  private readonly rowsDrawn = new Set<string>();
  private readonly patterns = new Map<string, CanvasPattern | string>();
  private palette: Palette;
  private fonts: PictureFonts;
  private rowPx = 18;

  constructor(ink: CanvasRenderingContext2D, names: NameBook, palette: Palette) {
    this.ink = ink;
    this.names = names;
    this.palette = palette;
    this.fonts = fontsOf(palette);
    this.restyle(palette, 18);
  }

  /** Theme, density or fonts changed: what was measured or made of colours is made anew. */
  restyle(palette: Palette, rowPx: number): void {
    this.palette = palette;
    this.rowPx = rowPx;
    this.fonts = fontsOf(palette);
    this.widths.clear();
    this.patterns.clear();
    this.names.measureWith(this.nameMeasure);
  }

  draw(scene: Scene): void {
    const { ink, palette } = this;
    const { width, height, left } = scene;
    // Below the last head, where no element covers it.
    ink.fillStyle = palette.panel;
    ink.fillRect(0, 0, left, height);
    ink.fillStyle = palette.well;
    ink.fillRect(left, 0, width - left, height);
    this.rowsDrawn.clear();
    for (const place of scene.regions) this.drawRegion(scene, place);
    for (const key of this.rowLayers.keys()) if (!this.rowsDrawn.has(key)) this.rowLayers.delete(key);
    this.drawFuture(scene);
    if (scene.arrows.length > 0) {
      const top = Math.min(...scene.regions.map((place) => place.top), height);
      ink.save();
      ink.beginPath();
      ink.rect(left, top, width - left, height - top);
      ink.clip();
      drawArrows(ink, scene.arrows, palette);
      ink.restore();
    }
    drawRuler(ink, scene.marks, left, width, { palette, majorFont: this.fonts.axisBold, minorFont: this.fonts.axis, height: RULER_PX });
    this.drawNowFlag(scene);
  }

  private drawRegion(scene: Scene, place: RegionPlace): void {
    const { ink, palette } = this;
    const { width, left } = scene;
    if (place.bottom <= place.top) return;
    ink.save();
    ink.beginPath();
    ink.rect(left, place.top, width - left, place.bottom - place.top);
    ink.clip();
    drawGrid(ink, scene.marks, left, width, place.top, place.bottom, palette);
    this.drawGround(scene, place);
    this.drawCounters(scene, place);
    if (scene.view) this.drawItems(scene, place, scene.view);
    this.drawGaps(scene, place);
    ink.restore();
  }

  /** Lines between lanes, heads of groups, what is selected as a whole. */
  private drawGround(scene: Scene, place: RegionPlace): void {
    const { ink, palette } = this;
    const { left, width } = scene;
    eachInSight(place, (placed, y) => {
      if (!isPlacedLane(placed)) {
        ink.fillStyle = palette.track;
        ink.fillRect(left, y, width - left, placed.height);
      } else if (scene.chosen.track === placed.lane.track.id || (scene.chosen.objectTrack >= 0 && placed.lane.track.object === scene.chosen.objectTrack)) {
        ink.fillStyle = palette.selectRange;
        ink.fillRect(left, y, width - left, placed.height - 1);
      }
      ink.fillStyle = palette.line1;
      ink.fillRect(left, y + placed.height - 1, width - left, 1);
    });
  }

  private drawCounters(scene: Scene, place: RegionPlace): void {
    const { ink, palette, fonts } = this;
    const rows: { readonly key: string; readonly picture: CounterPicture; readonly box: CounterRowBox; readonly colours: readonly string[] }[] = [];
    eachInSight(place, (placed, y) => {
      if (!isPlacedLane(placed)) return;
      const { key } = placed.lane;
      const picture = scene.counters.get(key);
      if (picture) rows.push({ key, picture, box: counterBox(scene, y, placed.height), colours: scene.counterColours(placed) });
    });
    if (rows.length === 0) return;
    ink.save();
    ink.beginPath();
    ink.rect(scene.left, place.top, scene.width - scene.left, place.bottom - place.top);
    ink.clip();
    const isMany = rows.reduce((sum, { picture }) => sum + picture.lines.count, 0) >= MANY_SERIES;
    for (const { key, picture, box, colours } of rows) {
      if (isMany) this.drawRow(key, picture, box, colours);
      else drawCounterLines(ink, picture.lines, picture.range, box, colours, palette);
    }
    ink.restore();
    for (const { picture, box } of rows) drawCounterLabel(ink, picture.range, box, palette, fonts.axis);
  }

  private drawRow(key: string, { lines, range }: CounterPicture, box: CounterRowBox, colours: readonly string[]): void {
    const layer = this.rowLayers.get(key) ?? new LineLayer();
    this.rowLayers.set(key, layer);
    this.rowsDrawn.add(key);
    const { ink } = this;
    drawCounterLayer(ink, (at, of, paint) => layer.draw(ink, at, of, paint), lines, range, box, colours, this.palette, devicePixelRatio || 1);
  }

  private drawItems(scene: Scene, place: RegionPlace, view: TimelineView): void {
    const { ink, palette, names, order, fonts, rowPx } = this;
    const pixelNs = (view.toNs - view.fromNs) / view.columns;
    const scenePixelNs = (scene.range.toNs - scene.range.fromNs) / (scene.width - scene.left);
    const placement: Placement = {
      scale: pixelNs / scenePixelNs,
      shift: scene.left + (view.fromNs - scene.range.fromNs) / scenePixelNs,
      left: scene.left,
      right: scene.width,
    };
    const extents = new Map<number, ThreadExtent>();
    const rows = this.placeRows(scene, place, extents);
    order.sort(view, rows, placement, names.colours);
    const extentOf = (row: number) => extents.get(row);
    drawBlocked(ink, view, order, rows, placement, palette, extentOf);
    drawCollections(ink, view, order, rows, placement, palette, this.hatch(), extentOf);
    const look: SliceLook = { palette, rowPx, stripes: this.stripes, dimOthers: scene.chosen.dimOthers };
    const paint = (rects: RectInk, stripes: SliceLook['stripes']) => {
      drawSlices(rects, view, order, rows, placement, { ...look, stripes });
      drawLaneRects(rects, view, order, rows, placement, palette, rowPx);
    };
    if (view.count < DENSE_FROM) paint(ink, this.stripes);
    else this.layer.draw(ink, { left: scene.left, top: place.top, right: scene.width, bottom: place.bottom }, (pixels) => paint(pixels, pixelStripes));
    drawPills(ink, view, order, rows, placement, palette, rowPx);
    drawInstants(ink, view, order, rows, placement, palette, INSTANTS_PX);
    drawObjects(ink, view, order, rows, placement, palette, INSTANTS_PX);
    drawErrors(ink, view, order, rows, placement, look);
    const { labels } = names;
    if (labels) {
      const labelLook: LabelLook = {
        palette,
        rowPx: rowPx - 0.5,
        nameFont: fonts.name,
        smallFont: fonts.small,
        labels,
        durationOf: (item) => this.durationOf(view, item, pixelNs),
        smallWidth: this.smallWidth,
      };
      drawLabels(ink, view, order, rows, placement, labelLook, this.durations);
      drawPlates(ink, view, rows, placement, labelLook, (id) => names.text(id));
      drawLaneLabels(ink, view, order, rows, placement, labelLook);
    }
    drawBlockedWords(ink, view, order, rows, placement, palette, fonts.words, pixelNs);
    drawOutlines(ink, view, order, rows, placement, look, scene.chosen);
  }

  /** Where each row of the answer lies now; rows of the other region, and those out of sight, are not drawn. */
  private placeRows(scene: Scene, place: RegionPlace, extents: Map<number, ThreadExtent>): RowPlaces {
    const { asked } = scene;
    if (this.kind.length < asked.length) {
      this.kind = new Uint8Array(asked.length * 2);
      this.y = new Float32Array(this.kind.length);
      this.colour = new Uint8Array(this.kind.length);
    }
    const lanes = new Map<string, PlacedLane>();
    eachInSight(place, (placed) => {
      if (isPlacedLane(placed)) lanes.set(placed.lane.key, placed);
    });
    for (let r = 0; r < asked.length; r++) {
      const { laneKey, part, row } = asked[r] as AskedRow;
      const placed = lanes.get(laneKey);
      const now = placed?.parts.find((each) => each.track.id === part.track.id);
      const y = placed && now ? place.top - place.scrollTop + placed.top + now.top + row * now.rowPx : 0;
      if (!placed || !now || y > place.bottom || y + now.rowPx < place.top) {
        this.kind[r] = RowKind.NONE;
        continue;
      }
      this.kind[r] = now.kind;
      this.y[r] = y;
      this.colour[r] = ownColour(now.kind, placed, scene.byThread);
      if (now.kind === RowKind.LOOP || now.kind === RowKind.GC) {
        const top = place.top - place.scrollTop + placed.top + placed.bodyTop;
        extents.set(r, { top, height: placed.height - placed.bodyTop - 1 });
      }
    }
    return { kind: this.kind, y: this.y, colour: this.colour };
  }

  /** Stretches of which nothing is known are hatched; where the script waited, they are only tinted. */
  private drawGaps(scene: Scene, place: RegionPlace): void {
    const { gaps } = scene;
    if (gaps.length === 0) return;
    const { ink, palette } = this;
    const { left, width, range } = scene;
    const scale = (width - left) / (range.toNs - range.fromNs);
    eachInSight(place, (placed, y) => {
      if (!isPlacedLane(placed) || placed.lane.kind !== 'thread') return;
      for (let k = 0; k < gaps.length; k += 4) {
        if (gaps[k] !== placed.lane.track.id) continue;
        const from = Math.max(left, left + ((gaps[k + 1] as number) - range.fromNs) * scale);
        const to = Math.min(width, left + ((gaps[k + 2] as number) - range.fromNs) * scale);
        if (to < left || from > width) continue;
        const lost = gaps[k + 3] as number;
        ink.fillStyle = lost > 0 ? this.hatch(palette.warn) : withAlpha(palette.warn, 0.12);
        ink.fillRect(from, y, Math.max(lost > 0 ? 2 : 1, to - from), placed.height - 1);
      }
    });
  }

  /** Right of now there is nothing yet. */
  private drawFuture(scene: Scene): void {
    // What befell at the last moment, or in a trace of one moment, stays bright.
    const x = nowX(scene) + (scene.live ? 0 : LAST_PX);
    if (x >= scene.width) return;
    const { ink, palette } = this;
    ink.fillStyle = scene.live ? palette.track : withAlpha(palette.track, 0.7);
    ink.fillRect(Math.max(scene.left, x), RULER_PX, scene.width - x, scene.height - RULER_PX);
    if (!scene.live || x < scene.left) return;
    ink.fillStyle = palette.live;
    ink.fillRect(Math.round(x) - 0.5, RULER_PX - 6, 1.5, scene.height);
  }

  private drawNowFlag(scene: Scene): void {
    const x = nowX(scene);
    if (!scene.live || x > scene.width + 2 || x < scene.left) return;
    const { ink, palette } = this;
    ink.font = `650 10px ${palette.uiFont}`;
    ink.textBaseline = 'middle';
    ink.textAlign = 'left';
    const wide = ink.measureText('now').width + 8;
    const at = Math.min(scene.width - wide, Math.round(x) - wide / 2);
    ink.fillStyle = palette.live;
    ink.beginPath();
    ink.roundRect(at, 2, wide, 14, 3);
    ink.fill();
    ink.fillStyle = palette.well;
    ink.fillText('now', at + 4, 9.5);
  }

  /** Names come while something else was written last: the font is set each time. */
  private readonly nameMeasure = {
    measureText: (text: string): TextMetrics => {
      this.ink.font = this.fonts.name;
      return this.ink.measureText(text);
    },
  };

  private readonly smallWidth = (text: string): number => {
    let width = this.widths.get(text);
    if (width === undefined) {
      if (this.widths.size > MOST_KEPT) this.widths.clear();
      const { font } = this.ink;
      this.ink.font = this.fonts.small;
      width = this.ink.measureText(text).width;
      this.ink.font = font;
      this.widths.set(text, width);
    }
    return width;
  };

  /** Of a slice that is seen whole: its pixels times their length, exact to three digits. */
  private durationOf(view: TimelineView, item: number, pixelNs: number): string {
    if (((view.flags[item] as number) & Flag.OPEN) !== 0) return 'open';
    const x0 = view.x0[item] as number;
    const x1 = view.x1[item] as number;
    if (x0 < 0 || x1 > view.columns) return '';
    const ref = view.ref[item] as number;
    let text = this.durationTexts.get(ref);
    if (text === undefined) {
      if (this.durationTexts.size > MOST_KEPT) this.durationTexts.clear();
      text = formatDuration((x1 - x0) * pixelNs);
      if (ref !== 0) this.durationTexts.set(ref, text);
    }
    return text;
  }

  private readonly stripes = (colour: string): CanvasPattern | string =>
    this.pattern(`stripes ${colour}`, 2, 1, (ink) => {
      ink.fillStyle = withAlpha(colour, STRIPE_OPACITY);
      ink.fillRect(0, 0, 1, 1);
    });

  private hatch(colour = this.palette.gc): CanvasPattern | string {
    return this.pattern(`hatch ${colour}`, 4, 4, (ink) => {
      ink.strokeStyle = withAlpha(colour, 0.75);
      ink.lineWidth = 1;
      ink.beginPath();
      // Three lines, so that it goes on over the borders.
      for (const k of [-4, 0, 4]) {
        ink.moveTo(k, 4);
        ink.lineTo(k + 4, 0);
      }
      ink.stroke();
    });
  }

  private pattern(key: string, width: number, height: number, paint: (ink: CanvasRenderingContext2D) => void): CanvasPattern | string {
    let made = this.patterns.get(key);
    if (made === undefined) {
      const tile = document.createElement('canvas');
      tile.width = width;
      tile.height = height;
      const ink = tile.getContext('2d');
      if (ink) paint(ink);
      made = this.ink.createPattern(tile, 'repeat') ?? 'transparent';
      this.patterns.set(key, made);
    }
    return made;
  }
}

const INSTANTS_PX = 24;

export function counterBox(scene: Pick<Scene, 'left' | 'width' | 'range' | 'endNs'>, y: number, height: number): CounterRowBox {
  return { left: scene.left, right: scene.width, top: y, height, fromNs: scene.range.fromNs, toNs: scene.range.toNs, endNs: scene.endNs };
}

const nowX = (scene: Scene): number => scene.left + ((scene.endNs - scene.range.fromNs) / (scene.range.toNs - scene.range.fromNs)) * (scene.width - scene.left);

/** 0: by name. */
function ownColour(kind: number, placed: PlacedLane, byThread: boolean): number {
  if (kind === RowKind.OBJECT || (byThread && (kind === RowKind.SLICES || kind === RowKind.FOLDED))) return (placed.lane.ordinal % 8) + 1;
  return kind === RowKind.LOOP || kind === RowKind.GC ? 9 : 0;
}

/** Calls back with what is in sight and its upper side on the canvas. */
export function eachInSight(place: RegionPlace, visit: (placed: Placed, y: number) => void): void {
  const { region, top, bottom, scrollTop } = place;
  for (let k = firstBelow(region.placed, scrollTop); k < region.placed.length; k++) {
    const placed = region.placed[k] as Placed;
    const y = top - scrollTop + placed.top;
    if (y >= bottom) return;
    visit(placed, y);
  }
}
