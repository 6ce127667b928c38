/** Names that the timeline has met, their colours, and their labels. Ids are asked for in one question when a picture shows new ones. */
import { LabelCache, oneLine, type TextMeasure } from '../../drawing/timeline/label-cache.ts';
import { type ColourBy, SLATE, sliceColour } from '../../drawing/timeline/slice-colours.ts';
import type { NameId, NameInfo, TraceClient, TraceId } from '../../trace/trace-worker-api.ts';

const MOST_AT_ONCE = 10_000;
const SHORT = 200;

export class NameBook {
  private readonly trace: TraceId;
  private readonly traces: TraceClient;
  private readonly onNew: () => void;
  private readonly known = new Map<NameId, NameInfo>();
  private asked = new Uint8Array(1024);
  private missing: NameId[] = [];
  private busy = false;
  private colourBy: ColourBy = 'category';
  /** Colour by id; 0: not known yet. */
  colours = new Uint8Array(1024);
  labels: LabelCache | undefined;

  constructor(trace: TraceId, traces: TraceClient, onNew: () => void) {
    this.trace = trace;
    this.traces = traces;
    this.onNew = onNew;
  }

  /** Fonts or theme changed: labels are measured anew. `ink` measures in the font of labels, whenever it is asked. */
  measureWith(ink: TextMeasure): void {
    this.labels = new LabelCache(ink);
    for (const [id, info] of this.known) this.labels.set(id, info.text);
  }

  setColourBy(by: ColourBy): void {
    if (by === this.colourBy) return;
    this.colourBy = by;
    for (const [id, info] of this.known) this.colours[id] = this.colourOf(info);
  }

  private colourOf(info: NameInfo): number {
    return this.colourBy === 'thread' ? SLATE : sliceColour(info, this.colourBy);
  }

  get(id: NameId): NameInfo | undefined {
    return this.known.get(id);
  }

  /** For a label: one line of at most some 200 letters; empty: not known yet. */
  text(id: NameId): string {
    const text = this.known.get(id)?.text ?? '';
    return oneLine(text.length > SHORT ? `${text.slice(0, SHORT)}…` : text);
  }

  /** Notes ids that are not known. Hot: once for each item of an answer. */
  want(ids: Uint32Array, count: number): void {
    for (let k = 0; k < count; k++) {
      const id = ids[k] as number;
      if (id >= this.asked.length) this.grow(id);
      if (this.asked[id] !== 0 || id === 0) continue;
      this.asked[id] = 1;
      this.missing.push(id);
    }
    if (this.missing.length > 0 && !this.busy) this.ask();
  }

  wantOne(id: NameId): void {
    this.want(Uint32Array.of(id), 1);
  }

  private grow(id: number): void {
    const size = Math.max(id + 1, this.asked.length * 2);
    const asked = new Uint8Array(size);
    asked.set(this.asked);
    this.asked = asked;
    const colours = new Uint8Array(size);
    colours.set(this.colours);
    this.colours = colours;
  }

  private ask(): void {
    this.busy = true;
    const names = this.missing.splice(0, MOST_AT_ONCE);
    this.traces
      .request('names.get', { trace: this.trace, names })
      .then(
        (infos) => {
          for (const info of infos) {
            this.known.set(info.id, info);
            this.colours[info.id] = this.colourOf(info);
            this.labels?.set(info.id, info.text);
          }
          this.onNew();
        },
        () => {
          // The trace was closed, or the worker began anew: asked again with the next picture.
          for (const id of names) this.asked[id] = 0;
        },
      )
      .finally(() => {
        this.busy = false;
        if (this.missing.length > 0) this.ask();
      });
  }
}
