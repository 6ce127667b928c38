/** Colours of the theme in force, read once per theme from the tokens: a canvas cannot use CSS variables. */

export interface Palette {
  /** Index 1…9; 0 is not used. */
  readonly data: readonly string[];
  /** Bodies of slices, by the same index. */
  readonly fill: readonly string[];
  /** Text on a body. */
  readonly ink: string;
  readonly well: string;
  readonly track: string;
  readonly panel: string;
  readonly raised: string;
  readonly text1: string;
  readonly text2: string;
  readonly text3: string;
  readonly grid: string;
  readonly line1: string;
  readonly line2: string;
  readonly line3: string;
  readonly accent: string;
  readonly accentFill: string;
  readonly onAccent: string;
  readonly live: string;
  readonly error: string;
  readonly warn: string;
  readonly blocked: string;
  readonly gc: string;
  readonly searchHit: string;
  readonly seam: string;
  readonly hover: string;
  readonly selectRange: string;
  /** Opacity of the area under a line. */
  readonly area: number;
  /** Opacity of what a search does not match. */
  readonly dim: number;
  readonly uiFont: string;
}

export interface TokenSource {
  getPropertyValue(name: string): string;
}

export function readPalette(tokens: TokenSource): Palette {
  const token = (name: string) => tokens.getPropertyValue(`--${name}`).trim();
  return {
    data: ['', ...Array.from({ length: 9 }, (_, k) => token(`data-${k + 1}`))],
    fill: ['', ...Array.from({ length: 9 }, (_, k) => token(`data-${k + 1}-fill`))],
    ink: token('data-ink'),
    well: token('bg-well'),
    track: token('bg-track'),
    panel: token('bg-panel'),
    raised: token('bg-raised'),
    text1: token('text-1'),
    text2: token('text-2'),
    text3: token('text-3'),
    grid: token('grid'),
    line1: token('line-1'),
    line2: token('line-2'),
    line3: token('line-3'),
    accent: token('accent'),
    accentFill: token('accent-fill'),
    onAccent: token('on-accent'),
    live: token('live'),
    error: token('error'),
    warn: token('warn'),
    blocked: token('blocked'),
    gc: token('gc'),
    searchHit: token('search-hit'),
    seam: token('seam'),
    hover: token('hover'),
    selectRange: token('sel-range'),
    area: Number(token('area')) || 0.16,
    dim: Number(token('dim')) || 0.28,
    uiFont: token('font-ui') || 'system-ui, sans-serif',
  };
}

/** `#rrggbb` with an opacity of 0…1. Other notations are returned as they are. */
export function withAlpha(color: string, opacity: number): string {
  // A built style sheet has white as #fff.
  const long = /^#[0-9a-f]{3}$/i.test(color) ? `#${[...color.slice(1)].map((digit) => digit + digit).join('')}` : color;
  if (!/^#[0-9a-f]{6}$/i.test(long)) return color;
  const byte = Math.round(Math.max(0, Math.min(1, opacity)) * 255);
  return `${long}${byte.toString(16).padStart(2, '0')}`;
}

/** Eight colours that differ; slate (9) is kept for what is not the user's own. */
const SERIES_COLORS = 8;

export interface SeriesStyle {
  /** 1…8 */
  readonly color: number;
  readonly dash: readonly number[] | undefined;
}

const DASHES: readonly (readonly number[] | undefined)[] = [undefined, [4, 2], [1.5, 2.5]];

/** Style of a series by its place: the counter's own place in the list picks the first colour, so that neighbours differ. */
export function seriesStyle(counter: number, series: number, seriesInPanel: number): SeriesStyle {
  // Among dozens a dash tells nothing apart any more, and takes long to draw.
  const dash = seriesInPanel > 4 && seriesInPanel <= 12 ? DASHES[Math.floor(series / 4) % DASHES.length] : undefined;
  return { color: ((counter + series) % SERIES_COLORS) + 1, dash };
}
