import type { NameId, SliceRef } from '../timeline-types.ts';
import { Band } from './band.ts';
import type { Slices } from './slice-tree.ts';

/** A band whose slices carry what they are found by, beside their table; names in it are those of the whole trace. */
export abstract class RefBand extends Band {
  nameOf(name: number): NameId {
    return name;
  }
  refOfBegin(begin: number): SliceRef {
    return begin;
  }
  refOf(slices: Slices, i: number): SliceRef {
    return slices.refs?.[i] ?? 0;
  }
  beginOf(slices: Slices, i: number): number {
    return slices.refs?.[i] ?? 0;
  }
}
