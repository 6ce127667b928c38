import type { Locator, Page } from 'playwright/test';

/** The panel of statistics. */
export class Statistics {
  readonly page: Page;
  readonly region: Locator;
  readonly rows: Locator;
  readonly filter: Locator;
  /** How many groups there are. */
  readonly counted: Locator;
  readonly copy: Locator;

  constructor(page: Page) {
    this.page = page;
    this.region = page.getByRole('region', { name: 'Statistics', exact: true });
    this.rows = this.region.getByRole('grid').getByRole('row');
    this.filter = this.region.getByRole('textbox', { name: 'Filter statistics' });
    this.counted = this.region.getByRole('status');
    this.copy = this.region.getByRole('button', { name: 'Copy as CSV' });
  }

  async open(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Statistics' }).click();
  }

  async fillWindow(): Promise<void> {
    await this.page.getByRole('button', { name: 'Make Statistics fill the window' }).click();
  }

  grid(by: 'name' | 'file' | 'category' | 'thread'): Locator {
    return this.region.getByRole('grid', { name: `Statistics by ${by}` });
  }

  async groupBy(what: 'Name' | 'File' | 'Category' | 'Thread'): Promise<void> {
    await this.region.getByRole('radiogroup', { name: 'Group by' }).getByRole('radio', { name: what }).click();
  }

  title(column: string): Locator {
    return this.region.getByRole('group', { name: 'Columns' }).getByRole('button', { name: column });
  }

  row(label: string): Locator {
    return this.rows.filter({ has: this.page.getByText(label, { exact: true }) });
  }

  cell(label: string, column: string): Locator {
    return this.row(label).getByRole('gridcell', { name: new RegExp(`^${column} `) });
  }

  /** Labels from the top. */
  async labels(): Promise<readonly string[]> {
    return this.rows.locator('bdi:first-child').allTextContents();
  }
}

/** What the trace tells of itself. */
export class Issues {
  readonly page: Page;
  readonly region: Locator;
  readonly items: Locator;
  readonly tab: Locator;

  constructor(page: Page) {
    this.page = page;
    this.region = page.getByRole('region', { name: 'Issues', exact: true });
    this.items = this.region.getByRole('listitem');
    this.tab = page.getByRole('tab', { name: /^Issues/ });
  }

  async open(): Promise<void> {
    await this.tab.click();
  }
}
