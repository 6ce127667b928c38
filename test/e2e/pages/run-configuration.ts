import type { Locator, Page } from 'playwright/test';

/** The dialog that says what to run. */
export class RunConfiguration {
  readonly dialog: Locator;
  readonly script: Locator;
  readonly arguments: Locator;
  readonly folder: Locator;
  readonly nodeFlags: Locator;
  readonly node: Locator;
  readonly preview: Locator;
  readonly run: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.dialog = page.getByRole('dialog', { name: 'Run configuration' });
    this.script = this.dialog.getByRole('textbox', { name: 'Script' });
    this.arguments = this.dialog.getByRole('textbox', { name: 'Arguments' });
    this.folder = this.dialog.getByRole('textbox', { name: 'Working folder' });
    this.nodeFlags = this.dialog.getByRole('textbox', { name: 'Node flags' });
    this.node = this.dialog.getByRole('combobox', { name: 'Node' });
    this.preview = this.dialog.getByRole('region', { name: 'Command preview' });
    this.run = this.dialog.getByRole('button', { name: 'Save and run' });
  }

  async open(): Promise<void> {
    await this.#page.getByRole('button', { name: /^Run configuration/ }).click();
    await this.dialog.waitFor();
  }

  async kind(kind: 'Script' | 'npm script' | 'Command'): Promise<void> {
    await this.dialog.getByRole('radio', { name: kind, exact: true }).click();
  }

  /** A Node that no list shows. */
  async typeNode(path: string): Promise<void> {
    await this.node.click();
    await this.#page.getByRole('option', { name: /^Another one/ }).click();
    const field = this.dialog.getByRole('textbox', { name: 'Node', exact: true });
    await field.fill(path);
    await field.press('Enter');
  }

  async addVariable(name: string, value: string): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Add variable' }).click();
    await this.dialog
      .getByRole('textbox', { name: /^Name of variable/ })
      .last()
      .fill(name);
    await this.dialog
      .getByRole('textbox', { name: /^Value/ })
      .last()
      .fill(value);
  }

  /** The plugins of the run, from top to bottom. */
  get plugins(): Locator {
    return this.dialog.getByRole('list', { name: /^Plugins of this run/ }).locator('> li');
  }

  async addPlugin(item: string | RegExp): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Add plugin' }).click();
    await this.#page.getByRole('menuitem', { name: item }).click();
  }

  pluginText(title: string): Locator {
    return this.dialog.getByRole('textbox', { name: `Argument string of ${title}` });
  }

  /** The section about what is recorded. */
  get capture(): Locator {
    return this.dialog.getByRole('region', { name: 'Capture', exact: true });
  }

  /** Brings a section into sight. */
  async section(name: RegExp): Promise<void> {
    await this.dialog.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name }).click();
  }

  field(label: string): Locator {
    return this.capture.getByRole('textbox', { name: label });
  }

  choice(group: string, label: string): Locator {
    return this.capture.getByRole('radiogroup', { name: group, exact: true }).getByRole('radio', { name: label, exact: true });
  }

  check(label: string): Locator {
    return this.capture.getByRole('checkbox', { name: label, exact: true });
  }

  alert(text: string | RegExp): Locator {
    return this.dialog.getByRole('alert').filter({ hasText: text });
  }
}
