import { expect, type Locator, type Page } from 'playwright/test';

/** The graphs, their options, and the list that series come from. */
export class Graphs {
  readonly page: Page;
  readonly panel: Locator;
  readonly list: Locator;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.panel = page.getByRole('region', { name: 'Counters' });
    this.list = page.getByRole('region', { name: 'Counter list' });
    this.dialog = page.getByRole('dialog');
  }

  graph(name: string): Locator {
    return this.page.getByRole('figure', { name, exact: true });
  }

  /** Names of the graphs that are rendered, in their order. */
  names(): Promise<string[]> {
    return this.panel.getByRole('figure').evaluateAll((figures) => figures.map((figure) => figure.getAttribute('aria-label') ?? ''));
  }

  /** The name in a title bar: takes hold of the graph. */
  title(name: string): Locator {
    return this.graph(name).locator('.counter-title');
  }

  /** Of the graph that is being renamed. */
  get nameField(): Locator {
    return this.panel.getByRole('textbox', { name: /^Name of the graph/ });
  }

  picture(name: string): Locator {
    return this.graph(name).getByRole('img');
  }

  /** Time of its cross-hair in seconds. Undefined: it shows none. */
  async crossHair(name: string): Promise<number | undefined> {
    const text = await this.graph(name).locator('.counter-overlay').getAttribute('data-moment');
    return text === null ? undefined : secondsOf(text);
  }

  /** Seconds in view, from and to, as the table of the graph has them, which has to be shown. */
  async inView(name: string): Promise<readonly [number, number]> {
    const times = await this.graph(name)
      .getByRole('region', { name: `Values of ${name}` })
      .getByRole('rowheader')
      .allTextContents();
    const moments = times.filter((text) => /\d/.test(text)).map(secondsOf);
    return [moments.at(-1) ?? Number.NaN, moments[0] ?? Number.NaN];
  }

  /** A line of the list. */
  counter(name: string | RegExp): Locator {
    return this.list.getByRole('button', { name: typeof name === 'string' ? new RegExp(`^${name}`) : name });
  }

  /** A button of a legend: shows and hides its series. */
  series(graph: string, series: string): Locator {
    return this.graph(graph).getByRole('button', { name: series, exact: true });
  }

  async legendOf(graph: string): Promise<string[]> {
    return (await this.graph(graph).locator('.counter-legend tbody').getByRole('rowheader').allTextContents()).map((text) => text.trim());
  }

  number(graph: string, series: string, column: 'Now' | 'Min' | 'Max' | 'Avg'): Locator {
    return this.graph(graph)
      .locator('.counter-legend')
      .getByRole('row')
      .filter({ has: this.page.getByRole('rowheader', { name: series }) })
      .getByRole('cell')
      .nth(['Now', 'Min', 'Max', 'Avg'].indexOf(column));
  }

  /** An entry of the options of a graph. */
  async choose(graph: string, entry: string | RegExp): Promise<void> {
    await this.graph(graph).hover();
    await this.graph(graph)
      .getByRole('button', { name: `Options of ${graph}` })
      .click();
    const menu = this.page.getByRole('menu');
    const named = { name: entry, exact: typeof entry === 'string' };
    await menu.getByRole('menuitem', named).or(menu.getByRole('menuitemradio', named)).click();
    await expect(menu).toHaveCount(0);
  }

  /** An entry of the menu of a line of the list. */
  async put(counter: string, entry: string): Promise<void> {
    await this.counter(counter).hover();
    await this.list.getByRole('button', { name: `Put ${counter} into a graph` }).click();
    await this.page.getByRole('menu').getByRole('menuitem', { name: entry, exact: true }).click();
  }

  /** The file that an entry of the options hands to the browser, as text. */
  async saved(graph: string, entry: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    const download = this.page.waitForEvent('download');
    await this.choose(graph, entry);
    const file = await download;
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    return { name: file.suggestedFilename(), bytes: Buffer.concat(chunks) };
  }

  /** What is drawn, as text that differs when one pixel does. */
  drawn(graph: string): Promise<string> {
    return this.graph(graph)
      .locator('.counter-picture')
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }
}

/** "0.123 456 s", "1:02.123" */
export const secondsOf = (text: string): number =>
  text
    .replace(/[^\d.:−-]/g, '')
    .replace('−', '-')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
