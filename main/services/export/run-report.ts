import { isAboutSources } from '../../../core/formats/source-totals.ts';
import type { Converted } from './conversion.ts';

/** Of a report that a run writes by itself: that JSON has no place for source texts is no news of each of them. Who exports is told. */
export const asRunReport = (converted: Converted): Converted => ({ ...converted, notes: converted.notes.filter((note) => !isAboutSources(note)) });
