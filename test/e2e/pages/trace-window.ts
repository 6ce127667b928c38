import { expect, type Locator, type Page } from 'playwright/test';
import { FilePanel } from './file-panel.ts';

/** The window of one recording: toolbar, lists, graphs, inspector, drawer. */
export class TraceWindow {
  readonly page: Page;
  readonly filePanel: FilePanel;
  readonly toolbar: Locator;
  readonly statusBar: Locator;
  readonly runs: Locator;
  readonly inspector: Locator;
  readonly console: Locator;
  readonly events: Locator;
  /** What is called most, what is muted, what was left alone. */
  readonly functions: Locator;
  readonly dialog: Locator;
  readonly messages: Locator;
  /** What went wrong with the recording, over the graphs. */
  readonly banner: Locator;
  /** What is to be known of a file, over the graphs. */
  readonly notice: Locator;
  readonly graphs: Locator;
  /** How far the recording is. */
  readonly elapsed: Locator;

  constructor(page: Page) {
    this.page = page;
    this.filePanel = new FilePanel(page);
    this.toolbar = page.getByRole('toolbar', { name: 'Run' });
    this.statusBar = page.getByRole('region', { name: 'Status bar' });
    this.runs = page.getByRole('region', { name: 'Runs' });
    this.inspector = page.getByRole('region', { name: 'Object inspector' });
    this.console = page.getByRole('region', { name: 'Console' });
    this.events = page.getByRole('region', { name: 'Events' });
    this.functions = page.getByRole('region', { name: 'Functions' });
    this.dialog = page.getByRole('dialog');
    this.banner = page.getByRole('region', { name: 'About this trace' }).getByRole('alert');
    this.notice = page.getByRole('region', { name: 'About this trace' }).getByRole('status');
    this.graphs = page.getByRole('region', { name: 'Counters' });
    this.elapsed = this.toolbar.getByRole('definition').first();
    this.messages = page.getByRole('region', { name: 'Messages' });
  }

  /** What the status bar says the run is: Running, Ended, … */
  state(): Locator {
    return this.statusBar.getByRole('status');
  }

  button(name: string | RegExp): Locator {
    return this.toolbar.getByRole('button', { name });
  }

  counter(name: string): Locator {
    return this.page.getByRole('figure', { name, exact: true });
  }

  /** The current value of a series, as the legend shows it. */
  now(counter: string, series: string): Locator {
    return this.counter(counter)
      .getByRole('row')
      .filter({ has: this.page.getByRole('rowheader', { name: series, exact: true }) })
      .getByRole('cell')
      .first();
  }

  /** A graph out of sight draws nothing and tells no numbers, and which one is the first is a matter of what came first. */
  private async bringIntoSight(counter: string): Promise<void> {
    await this.counter(counter).scrollIntoViewIfNeeded();
  }

  /** Waits until the shown value of a series has changed `times` times: the graph is alive. */
  async movesBy(counter: string, series: string, times: number): Promise<void> {
    await this.bringIntoSight(counter);
    const cell = this.now(counter, series);
    let before = await cell.textContent();
    for (let seen = 0; seen < times; seen++) {
      await expect(cell).not.toHaveText(before ?? '');
      before = await cell.textContent();
    }
  }

  /** Waits until the shown value of a series stays the same for a while: nothing more comes. That value. */
  async stands(counter: string, series: string): Promise<string> {
    await this.bringIntoSight(counter);
    const cell = this.now(counter, series);
    // Until it is drawn for the first time there is none.
    await expect(cell).toHaveText(/\d/);
    let before = '';
    while (before !== (await cell.textContent())) {
      before = (await cell.textContent()) ?? '';
      // Longer than the window waits before it shows what has come.
      await this.page.waitForTimeout(500);
    }
    return before;
  }

  /** Gives the script a line of input. */
  async type(line: string): Promise<void> {
    const input = this.console.getByRole('textbox', { name: 'Input for the script' });
    await input.fill(line);
    await input.press('Enter');
    await expect(this.consoleLine(`did ${line}`).first()).toBeVisible();
  }

  /** Controls of toolbar and status bar that cover each other, hold more than they show, or stick out of the window. */
  async crowded(): Promise<string[]> {
    const bars = await Promise.all([this.toolbar.elementHandle(), this.statusBar.elementHandle()]);
    return this.page.evaluate((elements) => {
      const found: string[] = [];
      for (const bar of elements) {
        const parts = [...(bar?.children ?? [])].filter((part) => part.getClientRects().length > 0 && part.getBoundingClientRect().width > 0);
        for (const [k, part] of parts.entries()) {
          const box = part.getBoundingClientRect();
          const next = parts[k + 1]?.getBoundingClientRect();
          const name = part.textContent || part.getAttribute('aria-label') || part.className;
          if (next && next.left < box.right - 0.5) found.push(`${name} lies under its neighbour`);
          if (box.right > innerWidth + 0.5) found.push(`${name} sticks out`);
          if (part instanceof HTMLButtonElement && part.scrollWidth > part.clientWidth + 1) found.push(`${name} does not hold its words`);
        }
      }
      return found;
    }, bars);
  }

  /** What is drawn of a counter, as text that differs when one pixel does. */
  async picture(counter: string): Promise<string> {
    await this.bringIntoSight(counter);
    return this.counter(counter)
      .locator('.counter-picture')
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  /** A number of the toolbar. */
  reading(name: string): Locator {
    return this.toolbar.getByRole('definition').and(this.page.locator(`dt:text-is("${name}") + dd`));
  }

  /** A line of the list of functions. */
  functionLine(name: string): Locator {
    return this.functions.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name, exact: false }) });
  }

  /** How many calls of a function the list tells. */
  async callsOf(name: string): Promise<number> {
    // The only figure without a unit: which columns stand before it is a matter of the panel's width.
    const text = await this.functionLine(name)
      .first()
      .getByRole('cell')
      .filter({ hasText: /^[\d,]+$/ })
      .first()
      .textContent();
    return Number((text ?? '').replaceAll(/\D/g, ''));
  }

  object(name: string): Locator {
    return this.page.getByRole('region', { name: 'Object list' }).getByRole('treeitem', { name: new RegExp(`^${name}.* snapshots?$`) });
  }

  /** A line of the inspected value, by the beginning of its text. */
  field(text: string): Locator {
    return this.inspector.getByRole('treeitem', { name: text });
  }

  consoleLine(text: string | RegExp): Locator {
    return this.console.getByRole('log').getByText(text);
  }

  /** The line of the console that is picked. */
  get pickedLine(): Locator {
    return this.console.locator('.console-selected');
  }

  async menu(menu: string, item: string | RegExp): Promise<void> {
    await this.page.getByRole('menuitem', { name: menu, exact: true }).click();
    const open = this.page.getByRole('menu', { name: menu });
    await open
      .getByRole('menuitem', { name: item })
      .or(open.getByRole('menuitemcheckbox', { name: item }))
      .click();
  }

  /** Turns the wheel over a list until nothing moves any more. */
  async wheelToTop(list: Locator): Promise<void> {
    await list.hover();
    await expect
      .poll(async () => {
        await this.page.mouse.wheel(0, -2000);
        return list.evaluate((element) => element.scrollTop);
      })
      .toBe(0);
  }

  async showDrawer(tab: 'Console' | 'Events' | 'Functions' | 'Statistics'): Promise<void> {
    await this.page.getByRole('tab', { name: tab }).click();
  }

  async close(title: string): Promise<void> {
    await this.runs.getByRole('button', { name: `Close ${title}` }).click();
  }
}
