import type { Page } from 'playwright/test';

/** A host that is slow to answer: what it says to the page comes when the test lets it. The page is loaded anew for that. */
export class HeldAnswers {
  #late: (() => void)[] = [];
  #holds = false;

  static async of(page: Page): Promise<HeldAnswers> {
    const held = new HeldAnswers();
    await page.routeWebSocket(/\/services\?/, (socket) => {
      socket.connectToServer().onMessage((message) => {
        if (held.#holds) held.#late.push(() => socket.send(message));
        else socket.send(message);
      });
    });
    await page.reload();
    return held;
  }

  hold(): void {
    this.#holds = true;
  }

  release(): void {
    this.#holds = false;
    for (const send of this.#late.splice(0)) send();
  }
}
