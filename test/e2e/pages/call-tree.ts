import { expect, type Locator, type Page } from 'playwright/test';

/** The call tree: rows by what their function is called. */
export class CallTree {
  readonly page: Page;
  readonly region: Locator;
  readonly rows: Locator;
  readonly tree: Locator;
  readonly filter: Locator;
  readonly changes: Locator;

  constructor(page: Page) {
    this.page = page;
    this.region = page.getByRole('region', { name: 'Call tree', exact: true });
    this.tree = this.region.getByRole('treegrid');
    this.rows = this.tree.getByRole('row');
    this.filter = this.region.getByRole('textbox', { name: 'Find a function' });
    this.changes = this.region.getByRole('navigation', { name: 'Changes of the tree' });
  }

  async open(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Call tree' }).click();
  }

  async fillWindow(): Promise<void> {
    await this.page.getByRole('button', { name: 'Make Call tree fill the window' }).click();
  }

  async direction(name: 'Top-down' | 'Bottom-up'): Promise<void> {
    await this.region.getByRole('radio', { name }).click();
  }

  row(name: string): Locator {
    return this.rows.filter({ has: this.page.getByText(name, { exact: true }) });
  }

  cell(name: string, column: 'Total' | 'Self' | 'Calls'): Locator {
    return this.row(name).getByRole('gridcell', { name: new RegExp(`^${column} `) });
  }

  /** "checkout" at level 1, " parse" at level 2, from the top. */
  async outline(): Promise<readonly string[]> {
    return this.rows.evaluateAll((rows) =>
      rows.map((row) => `${' '.repeat(Number(row.getAttribute('aria-level')) - 1)}${row.querySelector('bdi')?.textContent ?? ''}`),
    );
  }

  /** An entry of the menu of the right button. */
  async change(name: string, entry: string): Promise<void> {
    await this.row(name).first().click({ button: 'right' });
    await this.page.getByRole('menuitem', { name: entry }).click();
  }
}

/** The flame graph: a picture that is walked by keys and says where it is. */
export class FlameGraph {
  readonly page: Page;
  readonly region: Locator;
  readonly graph: Locator;
  /** What is picked, aloud. */
  readonly voice: Locator;
  readonly zoomed: Locator;
  readonly filter: Locator;
  readonly found: Locator;

  constructor(page: Page) {
    this.page = page;
    this.region = page.getByRole('region', { name: 'Flame graph', exact: true });
    this.graph = this.region.getByRole('application');
    this.voice = this.region.locator('.visually-hidden[role="status"]');
    this.zoomed = this.region.getByRole('navigation', { name: 'Zoomed to' });
    this.filter = this.region.getByRole('textbox', { name: 'Find a function' });
    this.found = this.region.locator('.flame-found');
  }

  async open(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Flame graph' }).click();
  }

  async mode(name: 'Time order' | 'Left heavy' | 'Sandwich'): Promise<void> {
    await this.region.getByRole('radio', { name }).click();
  }

  /** A click in a row, at a part of the width. */
  async click(row: number, part: number, button: 'left' | 'right' = 'left'): Promise<void> {
    const box = await this.graph.boundingBox();
    await this.graph.click({ position: { x: (box?.width ?? 0) * part, y: row * 18 + 9 }, button });
  }

  async press(...keys: readonly string[]): Promise<void> {
    // Boxes come with the worker's answer: keys before that go nowhere.
    await expect(this.graph).toHaveAttribute('aria-busy', 'false');
    await this.graph.focus();
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** What is drawn, as text that differs when one pixel does. */
  async picture(): Promise<string> {
    return this.graph.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }
}
