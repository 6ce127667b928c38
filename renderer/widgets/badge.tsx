import type { ReactNode } from 'react';
import './badge.css';

export type BadgeTone = 'neutral' | 'live' | 'warn' | 'error' | 'ok' | 'accent';

export function Badge({ tone = 'neutral', children }: { readonly tone?: BadgeTone; readonly children: ReactNode }) {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}

/** Never alone: the word that it stands for is beside it. */
export function Dot({ tone }: { readonly tone: 'live' | 'warn' | 'error' | 'ring' }) {
  return <i className={`dot dot-${tone}`} aria-hidden="true" />;
}
