import type { Locator, Page } from 'playwright/test';

/** Marks and notes: the list in the drawer, the flags in the timeline, the dialog that asks for a text. */
export class Notes {
  readonly page: Page;
  readonly region: Locator;
  readonly rows: Locator;
  readonly dialog: Locator;
  readonly text: Locator;

  constructor(page: Page) {
    this.page = page;
    this.region = page.getByRole('region', { name: 'Notes', exact: true });
    this.rows = this.region.getByRole('listitem');
    this.dialog = page.getByRole('dialog', { name: /note$/ });
    this.text = this.dialog.getByRole('textbox', { name: 'Text' });
  }

  async open(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Notes' }).click();
  }

  flag(text: string): Locator {
    return this.page.getByRole('region', { name: 'Timeline' }).getByRole('button', { name: `Note: ${text}` });
  }

  /** Answers the dialog. */
  async write(text: string): Promise<void> {
    await this.text.fill(text);
    await this.text.press('Enter');
  }

  async goTo(text: string): Promise<void> {
    await this.rows.filter({ hasText: text }).getByRole('button').first().click();
  }

  async press(what: 'Edit' | 'Remove', text: string): Promise<void> {
    await this.region.getByRole('button', { name: `${what} “${text}”` }).click();
  }
}
