import { MARKS } from './value-rows.ts';
import { words } from './words.ts';

interface CountProps {
  readonly what: 'added' | 'removed' | 'changed' | 'moved';
  readonly count: number;
}

/** How many of a kind of change: "+3". */
export function Count({ what, count }: CountProps) {
  return (
    <span className={count > 0 ? `change-${what}` : 'change-none'} title={words.counted(what, count)}>
      {MARKS[what].sign}
      {count}
    </span>
  );
}
