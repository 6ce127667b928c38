import type { Locator, Page } from 'playwright/test';

/** What happened, one by one: events of the script, calls, async operations. */
export class EventLists {
  readonly page: Page;
  readonly region: Locator;
  readonly rows: Locator;
  readonly counted: Locator;
  readonly filter: Locator;

  constructor(page: Page) {
    this.page = page;
    this.region = page.getByRole('region', { name: 'Events', exact: true });
    this.rows = this.region.getByRole('grid').getByRole('row');
    this.counted = this.region.getByRole('status');
    this.filter = this.region.getByRole('textbox', { name: /^Filter / });
  }

  async open(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Events' }).click();
  }

  async list(name: 'Events' | 'Calls' | 'Async'): Promise<void> {
    await this.region.getByRole('radio', { name }).click();
  }

  async thread(name: string): Promise<void> {
    await this.region.getByRole('combobox', { name: 'Thread' }).click();
    await this.page.getByRole('option', { name }).click();
  }
}
