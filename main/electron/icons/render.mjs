// Draws the PNG icons from icon.svg: `node main/electron/icons/render.mjs`. The results are committed, since a build has no Chromium.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { findChromium } from '../../../test/helpers/find-chromium.mjs';

// electron-builder makes the Windows and macOS forms from the largest.
const SIZES = [16, 32, 48, 64, 128, 256, 512, 1024];

const svg = readFileSync(new URL('icon.svg', import.meta.url), 'utf8');
const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const size of SIZES) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>* { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px }</style>${svg}`);
  await page.screenshot({ path: fileURLToPath(new URL(`${size}x${size}.png`, import.meta.url)), omitBackground: true });
}
await browser.close();
