/** The one address that a window of ours may show, and the one frame that main listens to. */
import type { WebFrameMain } from 'electron';

export const APP_SCHEME = 'app';
const APP_HOST = 'studio';
export const START_PAGE = `${APP_SCHEME}://${APP_HOST}/index.html`;

/** By the parsed address: a prefix would also match `app://studio.evil/`. */
export function isOwnUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === `${APP_SCHEME}:` && url.host === APP_HOST && url.username === '' && url.password === '';
}

/** The page itself: not a frame inside it, not a page that has already gone. */
export function isOwnPage(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isOwnUrl(frame.url);
}
