// Draws the icons from icon.svg, for Linux as PNG, for Windows and macOS as containers of the same PNG:
// `node main/electron/icons/render.mjs`. The results are committed, since a build has no Chromium.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { findChromium } from '../../../test/helpers/find-chromium.mjs';

const SIZES = [16, 32, 48, 64, 128, 256, 512, 1024];

/** Windows: at most 256 pixels. */
const ICO_SIZES = [16, 32, 48, 64, 128, 256];
/** macOS: type of each chunk, and the size of its picture; the last four are the same points at double density. */
const ICNS_CHUNKS = { ic07: 128, ic08: 256, ic09: 512, ic10: 1024, ic11: 32, ic12: 64, ic13: 256, ic14: 512 };

const svg = readFileSync(new URL('icon.svg', import.meta.url), 'utf8');
const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] });
const page = await browser.newPage();
const pictures = new Map();
for (const size of SIZES) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>* { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px }</style>${svg}`);
  pictures.set(size, await page.screenshot({ path: fileURLToPath(new URL(`${size}x${size}.png`, import.meta.url)), omitBackground: true }));
}
await browser.close();
writeFileSync(new URL('icon.ico', import.meta.url), ico(ICO_SIZES.map((size) => ({ size, png: pictures.get(size) }))));
writeFileSync(new URL('icon.icns', import.meta.url), icns(Object.entries(ICNS_CHUNKS).map(([type, size]) => ({ type, png: pictures.get(size) }))));

function ico(images) {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    // 256 does not fit into its byte and is written as 0.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...images.map(({ png }) => png)]);
}

function icns(images) {
  const chunk = (type, body) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(8 + body.length, 4);
    return Buffer.concat([head, body]);
  };
  return chunk('icns', Buffer.concat(images.map(({ type, png }) => chunk(type, png))));
}
