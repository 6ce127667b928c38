/** Pictures for people, in test/output/gallery. They are compared with nothing, so an ordinary run makes none: `npm test -- pictures` does. */
import path from 'node:path';
import type { Page } from 'playwright/test';

const GALLERY = path.resolve(import.meta.dirname, '../output/gallery');

export const takesPictures = process.env.TRACE_STUDIO_PICTURES === '1';

/** What looks like itself in both themes is shown in one, where nobody looks. */
export const THEMES = takesPictures ? (['light', 'dark'] as const) : (['dark'] as const);

/** Of a test that makes pictures: it runs when they are asked for. */
export const PICTURED = { tag: '@pictures' };

export const pictureFile = (name: string): string => path.join(GALLERY, `${name}.png`);

export async function picture(page: Page, name: string): Promise<void> {
  if (takesPictures) await page.screenshot({ path: pictureFile(name) });
}

export async function picturesInSizes(page: Page, name: string, sizes: readonly { readonly width: number; readonly height: number }[]): Promise<void> {
  if (!takesPictures) return;
  for (const size of sizes) {
    await page.setViewportSize(size);
    await picture(page, `${name}-${size.width}`);
  }
}
