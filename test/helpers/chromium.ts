import { findChromium } from './find-chromium.mjs';

/** Path of the Chromium that tests use. Throws one sentence when there is none: `npm test` installs one, a test does not. */
export async function chromiumPath(): Promise<string> {
  const found = await findChromium();
  if (found !== undefined) return found;
  throw new Error('This test needs a Chromium and there is none: run `npm test`, which installs one, or name one in PLAYWRIGHT_CHROMIUM_PATH.');
}
