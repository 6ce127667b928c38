/**
 * What is drawn on it as the text of an SVG picture. Supports what graphs use: rectangles, paths, arcs that are whole circles, text in one
 * font, clipping by a rectangle. Rectangles of one colour after each other become one path: a graph has thousands.
 */
import type { GraphInk } from './graph-picture.ts';

type Measure = (text: string, font: string) => number;

interface SvgState {
  readonly clip: string | undefined;
}

export class SvgInk implements GraphInk {
  fillStyle: GraphInk['fillStyle'] = '#000';
  strokeStyle: GraphInk['strokeStyle'] = '#000';
  lineWidth = 1;
  lineJoin: CanvasLineJoin = 'miter';
  font = '10px sans-serif';
  textAlign: CanvasTextAlign = 'left';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  private readonly width: number;
  private readonly height: number;
  private readonly measure: Measure;
  private readonly parts: string[] = [];
  private readonly clips: string[] = [];
  private readonly states: SvgState[] = [];
  private clipped: string | undefined;
  private path: string[] = [];
  private dash: readonly number[] = [];
  private rects: string[] = [];
  private rectsFill = '';

  constructor(width: number, height: number, measure: Measure) {
    this.width = width;
    this.height = height;
    this.measure = measure;
  }

  text(title: string): string {
    this.flush();
    const size = `width="${number(this.width)}" height="${number(this.height)}" viewBox="0 0 ${number(this.width)} ${number(this.height)}"`;
    const clips = this.clips.length > 0 ? `<defs>${this.clips.join('')}</defs>` : '';
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img"><title>${escaped(title)}</title>${clips}${this.parts.join('')}</svg>\n`;
  }

  /** What `draw` draws lies lower by that many pixels. */
  lowered(by: number, draw: () => void): void {
    this.flush();
    this.parts.push(`<g transform="translate(0 ${number(by)})">`);
    draw();
    this.flush();
    this.parts.push('</g>');
  }

  save(): void {
    this.states.push({ clip: this.clipped });
  }

  restore(): void {
    const state = this.states.pop();
    if (!state || state.clip === this.clipped) return;
    this.flush();
    this.parts.push('</g>');
    this.clipped = state.clip;
  }

  /** The path must be a rectangle; within `save` and `restore`, once. */
  clip(): void {
    this.flush();
    const id = `clip${this.clips.length}`;
    this.clips.push(`<clipPath id="${id}"><path d="${this.path.join('')}"/></clipPath>`);
    this.parts.push(`<g clip-path="url(#${id})">`);
    this.clipped = id;
  }

  beginPath(): void {
    this.path = [];
  }

  moveTo(x: number, y: number): void {
    this.path.push(`M${number(x)} ${number(y)}`);
  }

  lineTo(x: number, y: number): void {
    this.path.push(`L${number(x)} ${number(y)}`);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.path.push(rectPath(x, y, width, height));
  }

  roundRect(x: number, y: number, width: number, height: number): void {
    this.rect(x, y, width, height);
  }

  arc(x: number, y: number, radius: number): void {
    const r = number(radius);
    this.path.push(`M${number(x - radius)} ${number(y)}a${r} ${r} 0 1 0 ${number(2 * radius)} 0a${r} ${r} 0 1 0 ${number(-2 * radius)} 0z`);
  }

  fill(): void {
    this.flush();
    this.parts.push(`<path d="${this.path.join('')}" ${paint('fill', String(this.fillStyle))}/>`);
  }

  stroke(): void {
    this.flush();
    const dash = this.dash.length > 0 ? ` stroke-dasharray="${this.dash.join(' ')}"` : '';
    this.parts.push(
      `<path d="${this.path.join('')}" fill="none" ${paint('stroke', String(this.strokeStyle))} stroke-width="${number(this.lineWidth)}" stroke-linejoin="${this.lineJoin}"${dash}/>`,
    );
  }

  setLineDash(dash: Iterable<number>): void {
    this.dash = [...dash];
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const fill = String(this.fillStyle);
    if (fill !== this.rectsFill) this.flush();
    this.rectsFill = fill;
    this.rects.push(rectPath(x, y, width, height));
  }

  clearRect(): void {}

  fillText(text: string, x: number, y: number): void {
    this.flush();
    const anchor = this.textAlign === 'right' ? 'end' : this.textAlign === 'center' ? 'middle' : 'start';
    const [, weight = '400', size = '10', family = 'sans-serif'] = /^(\d+)\s+([\d.]+)px\s+(.*)$/.exec(this.font) ?? [];
    const middle = this.textBaseline === 'middle' ? ' dominant-baseline="central"' : '';
    this.parts.push(
      `<text x="${number(x)}" y="${number(y)}" text-anchor="${anchor}"${middle} font-family="${escaped(family)}" font-size="${size}" font-weight="${weight}" ${paint('fill', String(this.fillStyle))}>${escaped(text)}</text>`,
    );
  }

  measureText(text: string): TextMetrics {
    return { width: this.measure(text, this.font) } as TextMetrics;
  }

  private flush(): void {
    if (this.rects.length === 0) return;
    this.parts.push(`<path d="${this.rects.join('')}" ${paint('fill', this.rectsFill)} shape-rendering="crispEdges"/>`);
    this.rects = [];
  }
}

const number = (value: number): string => String(Number(value.toFixed(2)));
const rectPath = (x: number, y: number, width: number, height: number): string =>
  `M${number(x)} ${number(y)}h${number(width)}v${number(height)}h${number(-width)}z`;

/** Colours with an opacity (`#rrggbbaa`) are no colours in SVG 1.1, which many programs read. */
function paint(what: 'fill' | 'stroke', color: string): string {
  const [, rgb, alpha] = /^(#[0-9a-f]{6})([0-9a-f]{2})$/i.exec(color) ?? [];
  if (rgb === undefined || alpha === undefined) return `${what}="${escaped(color)}"`;
  return `${what}="${rgb}" ${what}-opacity="${number(Number.parseInt(alpha, 16) / 255)}"`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them, whatever a name holds.
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const escaped = (text: string): string =>
  text.replace(NOT_XML, '\ufffd').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
