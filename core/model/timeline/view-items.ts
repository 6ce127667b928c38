const FIRST_ITEMS = 4096;

/** Items of a view while it is built, as columns. Used for one view after the other: to grow them anew for each would cost as much as to fill them. */
export class ViewItems {
  row = new Uint32Array(FIRST_ITEMS);
  x0 = new Float32Array(FIRST_ITEMS);
  x1 = new Float32Array(FIRST_ITEMS);
  name = new Uint32Array(FIRST_ITEMS);
  merged = new Uint32Array(FIRST_ITEMS);
  busy = new Float32Array(FIRST_ITEMS);
  flags = new Uint8Array(FIRST_ITEMS);
  ref = new Float64Array(FIRST_ITEMS);
  static #spare: ViewItems | undefined;

  /** Nobody else's, until they are given back. */
  static take(): ViewItems {
    const items = ViewItems.#spare ?? new ViewItems();
    ViewItems.#spare = undefined;
    return items;
  }

  giveBack(): void {
    ViewItems.#spare = this;
  }

  get capacity(): number {
    return this.row.length;
  }

  grow(): void {
    const size = this.capacity * 2;
    const grown = <A extends Uint32Array | Float32Array | Float64Array | Uint8Array>(from: A, to: A): A => {
      to.set(from as never);
      return to;
    };
    this.row = grown(this.row, new Uint32Array(size));
    this.x0 = grown(this.x0, new Float32Array(size));
    this.x1 = grown(this.x1, new Float32Array(size));
    this.name = grown(this.name, new Uint32Array(size));
    this.merged = grown(this.merged, new Uint32Array(size));
    this.busy = grown(this.busy, new Float32Array(size));
    this.flags = grown(this.flags, new Uint8Array(size));
    this.ref = grown(this.ref, new Float64Array(size));
  }

  /** The first `count` of them, as columns of their own. */
  first(count: number): Pick<ViewItems, 'row' | 'x0' | 'x1' | 'name' | 'merged' | 'busy' | 'flags' | 'ref'> {
    return {
      row: this.row.slice(0, count),
      x0: this.x0.slice(0, count),
      x1: this.x1.slice(0, count),
      name: this.name.slice(0, count),
      merged: this.merged.slice(0, count),
      busy: this.busy.slice(0, count),
      flags: this.flags.slice(0, count),
      ref: this.ref.slice(0, count),
    };
  }
}
