import type { Locator, Page } from 'playwright/test';

export class StartPage {
  readonly #page: Page;
  readonly heading: Locator;
  readonly script: Locator;
  readonly run: Locator;
  readonly recordings: Locator;

  constructor(page: Page) {
    this.#page = page;
    const main = page.getByRole('main', { name: 'Start' });
    this.heading = main.getByRole('heading', { name: 'Choose a script to run' });
    this.script = main.getByRole('textbox', { name: 'Script' });
    this.run = main.getByRole('button', { name: 'Run', exact: true });
    this.recordings = main.getByRole('region', { name: 'Recent recordings' });
  }

  async runScript(file: string): Promise<void> {
    await this.script.fill(file);
    await this.run.click();
  }

  async runExample(title: string): Promise<void> {
    await this.example(title).click();
  }

  example(title: string): Locator {
    return this.#page.getByRole('button', { name: `Run example ${title}` });
  }

  /** From a trace window back to the start page. */
  async show(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Start page' }).click();
  }

  recording(title: string): Locator {
    return this.recordings.getByRole('button', { name: `Open ${title}` });
  }

  async discard(title: string, answer: 'Keep' | 'Discard'): Promise<void> {
    const row = this.recordings.getByRole('listitem').filter({ hasText: title });
    await row.hover();
    await row.getByRole('button', { name: `Discard ${title}` }).click();
    await this.#page
      .getByRole('dialog', { name: `Discard ${title}?` })
      .getByRole('button', { name: answer, exact: true })
      .click();
  }

  running(title: string): Locator {
    return this.#page.getByRole('button', { name: `Show the running ${title}` });
  }

  npmScript(name: string): Locator {
    return this.#page.getByRole('button', { name: `Run npm script ${name}` });
  }
}
