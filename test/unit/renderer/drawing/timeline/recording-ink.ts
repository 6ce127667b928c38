import { type Palette, readPalette } from '../../../../../renderer/drawing/palette.ts';

/** Colours named after their tokens. */
export const PALETTE: Palette = readPalette({
  getPropertyValue: (name) => (name === '--area' ? '.16' : name === '--dim' ? '.25' : name === '--font-ui' ? 'Inter' : name.slice(2)),
});

/** A context that writes down the calls that leave a mark, with the colour in force. A letter is six pixels wide. */
export function recordingInk() {
  const calls: string[] = [];
  const whole = (...numbers: number[]) => numbers.map((number) => Math.round(number * 10) / 10).join(' ');
  const ink = {
    fillStyle: '' as unknown,
    strokeStyle: '' as unknown,
    globalAlpha: 1,
    lineWidth: 1,
    font: '',
    textAlign: 'left',
    textBaseline: 'middle',
    fillRect: (x: number, y: number, w: number, h: number) =>
      calls.push(`rect ${whole(x, y, w, h)} ${String(ink.fillStyle)}${ink.globalAlpha < 1 ? ` at ${ink.globalAlpha}` : ''}`),
    strokeRect: (x: number, y: number, w: number, h: number) => calls.push(`frame ${whole(x, y, w, h)} ${String(ink.strokeStyle)} ${ink.lineWidth}`),
    fillText: (text: string, x: number, y: number) => calls.push(`text "${text}" ${whole(x, y)}`),
    measureText: (text: string) => ({ width: text.length * 6 }),
    beginPath() {},
    closePath() {},
    moveTo: (x: number, y: number) => calls.push(`move ${whole(x, y)}`),
    lineTo: (x: number, y: number) => calls.push(`line ${whole(x, y)}`),
    bezierCurveTo: (...to: number[]) => calls.push(`curve ${whole(...to)}`),
    arc: (x: number, y: number, r: number) => calls.push(`arc ${whole(x, y, r)}`),
    fill: () => calls.push(`fill ${String(ink.fillStyle)}`),
    stroke: () => calls.push(`stroke ${String(ink.strokeStyle)} ${ink.lineWidth}`),
    createLinearGradient: () => ({ addColorStop() {} }),
  };
  return { ink: ink as unknown as CanvasRenderingContext2D, calls };
}
