import type { Locator, Page } from 'playwright/test';

/** The histogram of one function, its brush, and the calls within. */
export class Durations {
  readonly page: Page;
  readonly region: Locator;
  readonly counted: Locator;
  readonly graph: Locator;
  readonly from: Locator;
  readonly to: Locator;
  readonly callList: Locator;
  readonly calls: Locator;
  readonly buckets: Locator;
  readonly outline: Locator;

  constructor(page: Page) {
    this.page = page;
    this.region = page.getByRole('region', { name: 'Durations', exact: true });
    this.counted = this.region.getByRole('status');
    this.graph = this.region.getByRole('region', { name: /^Durations of / });
    this.from = this.region.getByRole('slider', { name: 'Shortest duration that is shown' });
    this.to = this.region.getByRole('slider', { name: 'Longest duration that is shown' });
    this.callList = this.region.getByRole('grid');
    this.calls = this.callList.getByRole('row');
    this.buckets = this.region.getByRole('table').getByRole('row');
    this.outline = this.region.getByRole('button', { name: 'Outline in the timeline' });
  }

  async open(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Durations' }).click();
  }

  async fillWindow(): Promise<void> {
    await this.page.getByRole('button', { name: 'Make Durations fill the window' }).click();
  }

  async show(view: 'Graph' | 'Table' | 'Linear' | 'Log'): Promise<void> {
    await this.region.getByRole('radio', { name: view }).click();
  }

  fact(name: string): Locator {
    return this.region.locator(`dt:text-is("${name}") + dd`);
  }

  /** Drags over the graph, between two parts of its width. */
  async brush(from: number, to: number): Promise<void> {
    const box = await this.graph.boundingBox();
    if (!box) throw new Error('the graph is not in sight');
    const y = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width * from, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + box.width * to, y, { steps: 4 });
    await this.page.mouse.up();
  }

  /** What is drawn, as text that differs when one pixel does. */
  async picture(): Promise<string> {
    return this.graph.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }
}
