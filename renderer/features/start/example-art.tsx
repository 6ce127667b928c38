/** A small picture of what an example shows, drawn in the colours of the data. */
import type { ReactNode } from 'react';
import type { ExampleInfo } from '../../../core/protocol/studio-api.ts';

const WIDTH = 268;
const HEIGHT = 78;

/** The same picture at each drawing: a small generator instead of Math.random. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function steps(seed: number, count: number, drift: (share: number) => number): readonly (readonly [number, number])[] {
  const random = sequence(seed);
  let value = 0.3;
  return Array.from({ length: count }, (_, index) => {
    value = Math.min(0.95, Math.max(0.04, value + drift(index / count) + (random() - 0.5) * 0.16));
    return [12 + (index * (WIDTH - 32)) / (count - 1), HEIGHT - 9 - value * (HEIGHT - 20)] as const;
  });
}

const stepPath = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => (index === 0 ? `M${x.toFixed(1)} ${y.toFixed(1)}` : `H${x.toFixed(1)}V${y.toFixed(1)}`)).join('');

function Series({
  points,
  colour,
  area = false,
}: {
  readonly points: readonly (readonly [number, number])[];
  readonly colour: number;
  readonly area?: boolean;
}) {
  const first = points[0] ?? [0, 0];
  const last = points.at(-1) ?? [0, 0];
  return (
    <g>
      {area && <path d={`${stepPath(points)}V${HEIGHT}H${first[0]}Z`} fill={`var(--data-${colour})`} opacity="var(--area)" />}
      <path d={stepPath(points)} fill="none" stroke={`var(--data-${colour})`} strokeWidth="1.4" />
      <circle cx={last[0]} cy={last[1]} r="4.5" fill={`var(--data-${colour})`} opacity="0.25" />
      <circle cx={last[0]} cy={last[1]} r="2.2" fill={`var(--data-${colour})`} />
    </g>
  );
}

const Grid = () => <path d={[20, 40, 60].map((y) => `M0 ${y}.5H${WIDTH}`).join('')} stroke="var(--grid)" fill="none" />;

/** A queue that fills and is drained by workers. */
function Queue() {
  const waiting = steps(7, 46, (share) => (share < 0.45 ? 0.05 : share < 0.8 ? -0.035 : 0.01));
  const busy = steps(23, 46, (share) => (share < 0.2 ? 0.03 : -0.004));
  return (
    <>
      <Grid />
      <Series points={waiting} colour={1} area />
      <Series points={busy} colour={2} />
    </>
  );
}

/** Bars, half in order. */
function Sorting() {
  const random = sequence(11);
  const count = 34;
  return Array.from({ length: count }, (_, index) => {
    const inOrder = index < 20;
    const height = inOrder ? 8 + index * 2.1 : 8 + random() * 52;
    const moved = index === 20 || index === 27;
    return (
      <rect
        // biome-ignore lint/suspicious/noArrayIndexKey: a still picture.
        key={index}
        x={14 + index * 7.1}
        y={HEIGHT - 9 - height}
        width="5"
        height={height}
        rx="1"
        fill={moved ? 'var(--accent)' : inOrder ? 'var(--data-3)' : 'var(--data-3-fill)'}
      />
    );
  });
}

/** Requests in flight over response times. */
function Server() {
  const random = sequence(5);
  const dots = Array.from({ length: 58 }, (_, index) => [14 + index * 4.1, 44 - random() ** 3 * 34] as const);
  return (
    <>
      <Grid />
      {dots.map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r="1.6" fill="var(--data-7)" opacity={0.45 + (44 - y) / 70} />
      ))}
      <Series points={steps(31, 52, (share) => (share < 0.3 ? 0.02 : -0.002)).map(([x, y]) => [x, 50 + y * 0.3] as const)} colour={5} area />
    </>
  );
}

/** Objects through time: a life bar each, a mark at every snapshot. */
function Simulation() {
  const rows = [
    { y: 19, colour: 5, from: 14, marks: [14, 44, 70, 118, 152, 166, 224] },
    { y: 39, colour: 7, from: 34, marks: [34, 58, 112, 190, 212] },
    { y: 59, colour: 4, from: 22, marks: [22, 84, 98, 136, 178, 240] },
  ];
  return rows.map(({ y, colour, from, marks }) => (
    <g key={y} fill={`var(--data-${colour})`}>
      <rect x={from} y={y - 3} width={254 - from} height="6" rx="3" opacity="0.22" />
      {marks.map((x) => (
        <path key={x} d={`M${x} ${y - 5}L${x + 4} ${y}L${x} ${y + 5}L${x - 4} ${y}Z`} stroke="var(--bg-well)" strokeWidth="1.5" paintOrder="stroke" />
      ))}
    </g>
  ));
}

const PICTURES: Record<ExampleInfo['kind'], () => ReactNode> = { queue: Queue, sorting: Sorting, server: Server, simulation: Simulation };

export function ExampleArt({ kind }: { readonly kind: ExampleInfo['kind'] }) {
  const Picture = PICTURES[kind];
  return (
    <svg width="100%" height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <Picture />
    </svg>
  );
}
