import path from 'node:path';
import type { Locator, Page } from 'playwright/test';

/** The web host's own file dialog. */
export class FilePanel {
  readonly #page: Page;
  readonly dialog: Locator;
  constructor(page: Page) {
    this.#page = page;
    this.dialog = page.getByRole('dialog', { name: /^(Open|Choose|Save|Export)/ }).filter({ has: page.getByRole('listbox') });
  }

  /** Types a name, or a whole path, and presses Save. */
  async typeAndSave(text: string): Promise<void> {
    await this.dialog.getByRole('textbox', { name: 'Name' }).fill(text);
    await this.dialog.getByRole('button', { name: 'Save', exact: true }).click();
  }

  /** Types a path and presses Enter: a folder is shown, a file is taken. */
  async typePath(path: string): Promise<void> {
    const field = this.dialog.getByRole('textbox', { name: 'Path' });
    await field.fill(path);
    await field.press('Enter');
  }

  /** What it says in the way of saving or opening. */
  get refusal(): Locator {
    return this.dialog.getByRole('alert');
  }

  async replace(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Replace' }).click();
  }

  /** Goes to the file's folder from a root, and chooses it. The folder has to be under a root that is shown. */
  async choose(kind: 'open' | 'save', file: string): Promise<void> {
    const dialog = this.#page
      .getByRole('dialog', { name: kind === 'open' ? /^Open|^Choose/ : /^Save|^Export/ })
      .filter({ has: this.#page.getByRole('listbox') });
    if (kind === 'save') {
      // A whole path may be typed where a name is asked for.
      await dialog.getByRole('textbox', { name: 'Name' }).fill(path.basename(file));
      await dialog.getByRole('button', { name: /^(Save|Choose)$/ }).click();
      return;
    }
    await dialog.getByRole('option', { name: new RegExp(`^${path.basename(file).replaceAll('.', '\\.')}`) }).click();
    await dialog.getByRole('button', { name: /^(Open|Choose)$/ }).click();
  }
}
