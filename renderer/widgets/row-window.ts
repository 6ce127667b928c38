/** Which rows of a very long list are in sight. Browsers end an element at some 16 to 33 million pixels; a flood of output has more. */

export const MOST_HEIGHT_PX = 8_000_000;

export interface RowGeometry {
  readonly total: number;
  readonly rowHeight: number;
  readonly viewHeight: number;
}

/** Height of the scrolled element. */
export const scrollHeight = (geometry: RowGeometry): number => Math.min(MOST_HEIGHT_PX, geometry.total * geometry.rowHeight);

/** True when a pixel of the scroll bar is more than a pixel of rows. */
export const isScaled = (geometry: RowGeometry): boolean => geometry.total * geometry.rowHeight > MOST_HEIGHT_PX;

/** Greatest value of `position`: the last row stands at the lower side. */
export const lastPosition = (geometry: RowGeometry): number => Math.max(0, geometry.total - geometry.viewHeight / geometry.rowHeight);

/** Row (with fraction) at the upper side of the view, from the place of the scroll bar. */
export function positionOf(scrollTop: number, geometry: RowGeometry): number {
  if (!isScaled(geometry)) return Math.min(lastPosition(geometry), Math.max(0, scrollTop / geometry.rowHeight));
  const way = scrollHeight(geometry) - geometry.viewHeight;
  return Math.min(1, Math.max(0, scrollTop / way)) * lastPosition(geometry);
}

export function scrollTopOf(position: number, geometry: RowGeometry): number {
  if (!isScaled(geometry)) return position * geometry.rowHeight;
  const last = lastPosition(geometry);
  return last === 0 ? 0 : (position / last) * (scrollHeight(geometry) - geometry.viewHeight);
}

export interface RowWindow {
  readonly first: number;
  readonly count: number;
  /** Pixels from the view's upper side to row `first`: zero or negative. */
  readonly offset: number;
}

export function rowWindow(position: number, geometry: RowGeometry): RowWindow {
  const first = Math.min(Math.max(0, Math.floor(position)), Math.max(0, geometry.total - 1));
  const offset = -(position - first) * geometry.rowHeight;
  const count = Math.max(0, Math.min(geometry.total - first, Math.ceil((geometry.viewHeight - offset) / geometry.rowHeight)));
  return { first, count, offset: offset === 0 ? 0 : offset };
}

/** A window for asking: rows in sight and some around, in whole pages, so that a small scroll asks nothing new. */
export function pageAround(window: RowWindow, page: number): { readonly from: number; readonly count: number } {
  const here = Math.floor(window.first / page);
  const from = Math.max(0, here - 1) * page;
  const to = (here + Math.ceil(window.count / page) + 2) * page;
  return { from, count: to - from };
}
