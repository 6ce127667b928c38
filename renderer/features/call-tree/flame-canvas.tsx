/** The canvas of a flame graph: draws when something moved, tells what is under the pointer, and goes from box to box by keys. */
import { type KeyboardEvent, type MouseEvent, type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { drawFlame, type FlameLook, flameOrder } from '../../drawing/flame.ts';
import { boxAt, type FlameBoxes, type FlameStep, sameBox, stepFrom } from '../../drawing/flame-boxes.ts';
import { readPalette } from '../../drawing/palette.ts';
import { LabelCache } from '../../drawing/timeline/label-cache.ts';
import { SLATE, sliceColour } from '../../drawing/timeline/slice-colours.ts';
import type { NameId, NameInfo } from '../../trace/trace-worker-api.ts';
import { isMenuKey } from '../../widgets/index.ts';

const ROW_PX = 18;
const STEPS: Readonly<Record<string, FlameStep>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' };
/** What a pointer can miss a box by. */
const NEAR_PX = 3;

interface FlameCanvasProps {
  readonly label: string;
  /** What the graph is about: when it changes, nothing is picked. */
  readonly subject: string;
  readonly boxes: FlameBoxes;
  readonly names: ReadonlyMap<NameId, NameInfo>;
  readonly matches: ReadonlySet<NameId> | undefined;
  /** Row that is in sight at first: the function of a sandwich. */
  readonly pivot?: number | undefined;
  readonly underlined: NameId;
  readonly shareOf: (box: number) => string;
  /** One line about a box: under the pointer, and aloud. */
  readonly textOf: (box: number) => string;
  readonly onPick: (box: number | undefined) => void;
  /** Enter, or a double click. */
  readonly onOpen: (box: number) => void;
  /** Backspace. */
  readonly onBack: () => void;
  readonly onMenu: (box: number, at: { readonly x: number; readonly y: number }) => void;
  readonly onWidth: (width: number) => void;
  readonly children?: ReactNode;
}

interface Picked {
  readonly name: NameId;
  readonly row: number;
  readonly x0: number;
}

export function FlameCanvas(props: FlameCanvasProps) {
  const { label, subject, boxes, names, matches, pivot, underlined, shareOf, textOf, onPick, onOpen, onBack, onMenu, onWidth } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const pen = useRef<Pen>(undefined);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [style, restyle] = useState(0);
  const [picked, setPicked] = useState<Picked>();
  const [hovered, setHovered] = useState<{ readonly box: number; readonly x: number; readonly y: number }>();
  const active = picked ? sameBox(boxes, picked) : -1;
  const order = useMemo(() => flameOrder(boxes, (name) => colourOf(names, name)), [boxes, names]);

  const draw = () => {
    const ink = canvas.current?.getContext('2d', { alpha: false });
    const place = scroller.current;
    if (!canvas.current || !ink || !place || size.width === 0) return;
    pen.current ??= new Pen(ink);
    pen.current.draw(ink, size, names, (look) =>
      drawFlame(
        ink,
        boxes,
        order,
        { ...size, scrollTop: place.scrollTop },
        { ...look, colourOf: (name) => colourOf(names, name), shareOf },
        { active, name: underlined, matches },
      ),
    );
  };
  const latest = useRef({ draw, onWidth });
  latest.current = { draw, onWidth };
  // Not when the pointer moves: tens of thousands of boxes take their time.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn depends on these alone; what part a box is goes with the boxes.
  useLayoutEffect(draw, [boxes, order, names, matches, underlined, active, size, style]);

  useEffect(() => {
    const place = scroller.current;
    if (!place) return;
    const watch = new ResizeObserver(() => {
      setSize({ width: place.clientWidth, height: place.clientHeight });
      latest.current.onWidth(place.clientWidth);
    });
    watch.observe(place);
    const anew = () => {
      pen.current = undefined;
      restyle((turn) => turn + 1);
    };
    const theme = new MutationObserver(anew);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    document.fonts.addEventListener('loadingdone', anew);
    return () => {
      watch.disconnect();
      theme.disconnect();
      document.fonts.removeEventListener('loadingdone', anew);
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was picked is of another graph.
  useEffect(() => setPicked(undefined), [subject]);

  // Another function in the middle: it is brought into sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the row moves; scrolling is the user's from then on.
  useEffect(() => {
    const place = scroller.current;
    if (place && pivot !== undefined) place.scrollTop = Math.max(0, (pivot + 0.5) * ROW_PX - place.clientHeight / 2);
  }, [subject, pivot, size.height > 0]);

  const pick = useCallback(
    (box: number) => {
      const place = scroller.current;
      setPicked(box < 0 ? undefined : { name: boxes.name[box] as number, row: boxes.row[box] as number, x0: boxes.x0[box] as number });
      onPick(box < 0 ? undefined : box);
      if (!place || box < 0) return;
      const top = (boxes.row[box] as number) * ROW_PX;
      if (top < place.scrollTop) place.scrollTop = top;
      else if (top + ROW_PX > place.scrollTop + place.clientHeight) place.scrollTop = top + ROW_PX - place.clientHeight;
    },
    [boxes, onPick],
  );
  const under = (event: MouseEvent): number => {
    const place = scroller.current;
    if (!place || size.width === 0) return -1;
    const bounds = place.getBoundingClientRect();
    const row = Math.floor((event.clientY - bounds.top + place.scrollTop) / ROW_PX);
    return boxAt(boxes, row, (event.clientX - bounds.left) / size.width, NEAR_PX / size.width);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const place = scroller.current;
    if (place && active >= 0 && isMenuKey(event)) {
      const { left, top } = place.getBoundingClientRect();
      const y = top + ((boxes.row[active] as number) + 1) * ROW_PX - place.scrollTop;
      onMenu(active, { x: left + (boxes.x0[active] as number) * size.width, y });
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) {
      const next = active < 0 ? (boxes.count > 0 ? firstOf(boxes, pivot ?? 0) : -1) : stepFrom(boxes, active, step);
      if (next >= 0) pick(next);
    } else if (event.key === 'Enter' && active >= 0) onOpen(active);
    else if (event.key === 'Backspace') onBack();
    else if (event.key === 'Escape' && active >= 0) pick(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="flame-place">
      <div
        className="flame-scroller"
        ref={scroller}
        role="application"
        aria-label={label}
        aria-busy={boxes.count === 0}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes the keys.
        tabIndex={0}
        data-picture={style}
        onScroll={() => latest.current.draw()}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => {
          const box = under(event);
          setHovered(box < 0 ? undefined : { box, x: event.clientX, y: event.clientY });
        }}
        onPointerLeave={() => setHovered(undefined)}
        onClick={(event) => pick(under(event))}
        onDoubleClick={(event) => {
          const box = under(event);
          if (box >= 0) onOpen(box);
        }}
        onContextMenu={(event) => {
          event.preventDefault();
          // The key of the menu tells no place: the box that is picked.
          const box = event.button === 2 ? under(event) : active;
          if (box < 0) return;
          pick(box);
          const bounds = event.currentTarget.getBoundingClientRect();
          const left = bounds.left + (boxes.x0[box] as number) * size.width;
          onMenu(box, event.button === 2 ? { x: event.clientX, y: event.clientY } : { x: left, y: bounds.top + ((boxes.row[box] as number) + 1) * ROW_PX });
        }}
      >
        <canvas ref={canvas} className="flame-canvas" />
        <div style={{ height: boxes.rows * ROW_PX, marginTop: -size.height }} aria-hidden="true" />
      </div>
      {hovered && hovered.box < boxes.count && (
        <div className="flame-tip" aria-hidden="true" style={tipPlace(hovered)}>
          <bdi>{textOf(hovered.box)}</bdi>
          <span className="t3 mono flame-tip-file">
            <bdi>{fileOf(names.get(boxes.name[hovered.box] as number))}</bdi>
          </span>
        </div>
      )}
      <div className="visually-hidden" role="status">
        {active >= 0 && textOf(active)}
      </div>
    </div>
  );
}

const TIP_PX = 340;
const tipPlace = ({ x, y }: { readonly x: number; readonly y: number }) => ({
  left: Math.max(8, Math.min(x + 12, window.innerWidth - TIP_PX - 8)),
  maxWidth: TIP_PX,
  ...(y + 80 < window.innerHeight ? { top: y + 18 } : { bottom: window.innerHeight - y + 10 }),
});

function fileOf(about: NameInfo | undefined): string {
  if (!about || about.file === '') return '';
  const short = about.file.length > 48 ? `…${about.file.slice(-47)}` : about.file;
  return about.line > 0 ? `${short}:${about.line}` : short;
}

const firstOf = ({ count, row }: FlameBoxes, wanted: number): number => {
  for (let k = 0; k < count; k++) if (row[k] === wanted) return k;
  return -1;
};

function colourOf(names: ReadonlyMap<NameId, NameInfo>, name: NameId): number {
  const about = names.get(name);
  return about ? sliceColour(about, 'category') : SLATE;
}

/** What is kept from picture to picture: colours and widths of the theme and fonts in force. */
class Pen {
  private readonly look: Omit<FlameLook, 'colourOf' | 'shareOf'>;
  private readonly widths = new Map<string, number>();

  constructor(ink: CanvasRenderingContext2D) {
    const palette = readPalette(getComputedStyle(document.documentElement));
    const nameFont = `480 11px ${palette.uiFont}`;
    const smallFont = `450 10.5px ${palette.uiFont}`;
    ink.font = nameFont;
    const smallWidth = (text: string): number => {
      let width = this.widths.get(text);
      if (width === undefined) {
        const { font } = ink;
        ink.font = smallFont;
        width = ink.measureText(text).width;
        ink.font = font;
        this.widths.set(text, width);
      }
      return width;
    };
    this.look = { palette, rowPx: ROW_PX, nameFont, smallFont, labels: new LabelCache(ink), smallWidth };
  }

  draw(
    ink: CanvasRenderingContext2D,
    { width, height }: { readonly width: number; readonly height: number },
    names: ReadonlyMap<NameId, NameInfo>,
    paint: (look: Omit<FlameLook, 'colourOf' | 'shareOf'>) => void,
  ): void {
    const { canvas } = ink;
    const ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.font = this.look.nameFont;
    for (const [id, { text }] of names) if (!this.look.labels.has(id)) this.look.labels.set(id, text);
    paint(this.look);
  }
}
