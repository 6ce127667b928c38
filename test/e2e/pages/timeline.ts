import { expect, type Locator, type Page } from 'playwright/test';
import { secondsOf } from './graphs.ts';

/** The timeline of a trace window: minimap, line with search, tracks; and beside it what is selected. */
export class Timeline {
  readonly page: Page;
  readonly region: Locator;
  /** The canvas' part that takes keys and pointer. */
  readonly plot: Locator;
  readonly tracks: Locator;
  readonly pinned: Locator;
  readonly selection: Locator;
  readonly search: Locator;
  readonly filter: Locator;
  readonly zooms: Locator;
  readonly from: Locator;
  readonly to: Locator;
  /** The table twin. */
  readonly table: Locator;
  readonly tableCount: Locator;

  constructor(page: Page) {
    this.page = page;
    this.region = page.getByRole('region', { name: 'Timeline' });
    this.plot = this.region.getByRole('application', { name: /^Timeline/ });
    this.tracks = this.region.getByRole('region', { name: 'Tracks' });
    this.pinned = this.region.getByRole('region', { name: /^Pinned/ });
    this.selection = page.getByRole('region', { name: 'Selection', exact: true });
    this.search = this.region.getByRole('textbox', { name: 'Search slices' });
    this.filter = this.region.getByRole('textbox', { name: 'Filter tracks' });
    this.zooms = this.region.getByRole('navigation', { name: 'Zoom' });
    this.from = this.region.getByRole('slider', { name: 'Start of the range in view' });
    this.to = this.region.getByRole('slider', { name: 'End of the range in view' });
    this.table = page.getByRole('grid', { name: 'Slices in view, in order of time' });
    this.tableCount = page.getByRole('region', { name: 'Slices', exact: true }).getByRole('status');
  }

  track(name: string): Locator {
    return this.tracks.getByRole('button', { name, exact: true });
  }

  /** Seconds in view, from and to. */
  async inView(): Promise<readonly [number, number]> {
    const [from, to] = await Promise.all([this.from, this.to].map((handle) => handle.getAttribute('aria-valuenow')));
    return [Number(from) / 1e6, Number(to) / 1e6];
  }

  async span(): Promise<number> {
    const [from, to] = await this.inView();
    return to - from;
  }

  /** Time of the cross-hair in seconds, as the ruler tells it. Undefined: it shows none. */
  async crossHair(): Promise<number | undefined> {
    const plate = this.region.locator('.tl-plate');
    return (await plate.isVisible()) ? secondsOf((await plate.textContent()) ?? '') : undefined;
  }

  /** A fact of what is selected: Total, Self, Start … */
  fact(name: string): Locator {
    return this.selection.locator(`dt:text-is("${name}") + dd`);
  }

  name(): Locator {
    return this.selection.getByRole('heading', { level: 3 });
  }

  async showTable(): Promise<void> {
    await this.region.getByRole('button', { name: 'Show as table' }).click();
  }

  /** Where a time (in seconds) lies on the plot, and the middle of a row of a track, in pixels of the page. */
  async point(seconds: number, track: string, row = 0): Promise<{ readonly x: number; readonly y: number }> {
    const [from, to] = await this.inView();
    const plot = await this.boxOf(this.plot);
    const head = await this.boxOf(this.track(track));
    // The plot ends at its scroll bar.
    return { x: plot.x + ((seconds - from) / (to - from)) * (plot.width - 10), y: head.y + row * 18 + head.height / 2 };
  }

  async boxOf(part: Locator) {
    const box = await part.boundingBox();
    if (!box) throw new Error('not in sight');
    return box;
  }

  /** What the canvas shows, as a text that differs when one pixel does. */
  picture(): Promise<string> {
    return this.region.locator('canvas.tl-canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  /** Waits until two pictures in a row are the same: nothing moves any more. */
  async still(): Promise<string> {
    let before = '';
    await expect
      .poll(async () => {
        const now = await this.picture();
        const same = now === before;
        before = now;
        return same;
      })
      .toBe(true);
    return before;
  }
}
