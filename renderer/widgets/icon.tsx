import type { LucideIcon } from 'lucide-react';

const PIXELS = { xs: 12, s: 14, m: 16, l: 18, xl: 24 } as const;

interface IconProps {
  readonly of: LucideIcon;
  readonly size?: keyof typeof PIXELS;
  /** Only for run, stop and pause. */
  readonly filled?: boolean;
  readonly className?: string;
}

/** Drawn beside words, so it is hidden from screen readers. */
export function Icon({ of: Glyph, size = 's', filled = false, className = '' }: IconProps) {
  const pixels = PIXELS[size];
  const stroke = size === 'xs' ? 2 : size === 'xl' ? 1.5 : 1.75;
  return (
    <Glyph
      aria-hidden="true"
      className={`icon ${filled ? 'icon-filled' : ''} ${className}`}
      width={pixels}
      height={pixels}
      strokeWidth={filled ? 0 : stroke}
      fill={filled ? 'currentColor' : 'none'}
    />
  );
}
