import type { Locator, Page } from 'playwright/test';

/** The plugin manager: the list, the one that is shown, and the trust question over it. */
export class PluginManager {
  readonly #page: Page;
  readonly screen: Locator;
  readonly list: Locator;
  readonly details: Locator;
  readonly text: Locator;
  readonly trust: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.screen = page.getByRole('main', { name: 'Plugins' });
    this.list = this.screen.getByRole('complementary', { name: 'Plugin list' });
    this.details = this.screen.getByRole('tablist').locator('xpath=ancestor::section[1]');
    this.text = this.screen.getByRole('textbox', { name: /^Argument string/ });
    this.trust = page.getByRole('dialog', { name: /^Trust/ });
  }

  async open(): Promise<void> {
    await this.#page.getByRole('menuitem', { name: 'Plugins', exact: true }).click();
    await this.#page.getByRole('menuitem', { name: 'Manage plugins' }).click();
    await this.screen.waitFor();
  }

  async back(): Promise<void> {
    await this.screen.getByRole('button').first().click();
  }

  /** A plugin of the list, by its title. */
  entry(title: string): Locator {
    return this.list.getByRole('button', { name: new RegExp(`^${title}`) });
  }

  async choose(title: string): Promise<void> {
    await this.entry(title).click();
  }

  toggle(title: string): Locator {
    return this.list.getByRole('switch', { name: `${title} is on` });
  }

  /** A field of the form. */
  field(name: string): Locator {
    return this.screen.getByRole('region', { name: /as a form$/ }).getByRole('textbox', { name });
  }

  problem(text: string | RegExp): Locator {
    return this.screen.getByText(text);
  }

  add(): Promise<void> {
    return this.list.getByRole('button', { name: 'Add from file…' }).click();
  }

  create(): Promise<void> {
    return this.list.getByRole('button', { name: 'New plugin…' }).click();
  }

  answer(trust: boolean): Promise<void> {
    return this.trust.getByRole('button', { name: trust ? /^Trust / : 'Cancel' }).click();
  }

  /** How the plugin fares in the run that is open. */
  state(title: string): Locator {
    return this.screen.getByRole('region', { name: `State of ${title} in this run` });
  }
}
