/** What exists from `ready` on: the browser and the loopback server's addresses. */
import { Addresses } from './addresses.ts';
import type { Chromium } from './chromium.ts';

export const addresses = new Addresses();

let started: Chromium | undefined;
export const setChromium = (chromium: Chromium): void => {
  started = chromium;
};
export function chromium(): Chromium {
  if (!started) throw new Error('stand-in: used before app was ready');
  return started;
}
