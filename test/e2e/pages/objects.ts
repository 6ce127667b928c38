import type { Locator, Page } from 'playwright/test';

/** The object inspector: one object through time. */
export class ObjectInspector {
  readonly page: Page;
  readonly region: Locator;
  readonly tree: Locator;
  readonly list: Locator;

  constructor(page: Page) {
    this.page = page;
    this.region = page.getByRole('region', { name: 'Object inspector' });
    this.tree = this.region.getByRole('tree');
    this.list = page.getByRole('region', { name: 'Object list' }).getByRole('tree', { name: 'Objects' });
  }

  async show(side: 'Value' | 'Diff' | 'Fields' | 'History'): Promise<void> {
    await this.region.getByRole('radio', { name: side, exact: true }).click();
  }

  button(name: string | RegExp): Locator {
    return this.region.getByRole('button', { name });
  }

  /** A line of the value, by the beginning of its text, its sign in words. */
  row(text: string): Locator {
    return this.tree.getByRole('treeitem', { name: text });
  }

  async pin(side: 'A' | 'B'): Promise<void> {
    await this.button(`Pin this snapshot as ${side}`).first().click();
  }

  /** Goes to a snapshot, 1-based, by the keys of its slider. */
  async goTo(snapshot: number): Promise<void> {
    const slider = this.region.getByRole('slider', { name: 'Snapshot' });
    await slider.press('Home');
    for (let at = 1; at < snapshot; at++) await slider.press('ArrowRight');
  }

  /** The table that is shown: fields, or the history of one. Rows out of sight do not exist; `aria-rowcount` counts them. */
  get grid(): Locator {
    return this.region.getByRole('grid');
  }

  /** Rows of the table that is shown: fields, or the history of one. */
  get rows(): Locator {
    return this.grid.getByRole('row');
  }

  async openSearch(text: string): Promise<Locator> {
    await this.button('Search in the value').click();
    const field = this.region.getByRole('textbox', { name: 'Search path or value' });
    await field.fill(text);
    return field;
  }
}
