const WIDTH = 56;
const HEIGHT = 22;

/** The last rates as a line; the newest at the right with a dot, so that the eye finds now. */
export function Sparkline({ values, points }: { readonly values: readonly number[]; readonly points: number }) {
  if (values.length < 2) return null;
  const top = Math.max(...values, 1);
  const at = values.map((value, index) => {
    const x = WIDTH - 3 - (values.length - 1 - index) * ((WIDTH - 4) / (points - 1));
    return [x, HEIGHT - 4 - (value / top) * (HEIGHT - 8)] as const;
  });
  const end = at.at(-1) ?? [0, 0];
  const line = at.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join(' ');
  return (
    <svg className="sparkline wide-only" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} fill="none" aria-hidden="true">
      <path d={line} stroke="var(--text-2)" strokeWidth="1.25" />
      <circle cx={end[0]} cy={end[1]} r="2" fill="var(--live)" />
    </svg>
  );
}
