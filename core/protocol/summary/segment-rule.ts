import { MAX_SEGMENT_BLOCKS } from './slice-table.ts';

/** When a segment is whole: by the payload of its blocks or by their number. Recorder and model cut by the same rule, so a model that sees all blocks needs no marks. */
export interface SegmentRule {
  readonly bytes: number;
  readonly blocks: number;
}

/**
 * Some 131,000 calls: decoded in a few milliseconds, and few enough in 10 GB. A thread that writes little ends a segment by blocks, lest reading it
 * again means to gather thousands of small ones.
 */
export const SEGMENT_RULE: SegmentRule = { bytes: 1024 * 1024, blocks: Math.min(1024, MAX_SEGMENT_BLOCKS) };

export const isWholeSegment = (rule: SegmentRule, payloadBytes: number, blocks: number): boolean => payloadBytes >= rule.bytes || blocks >= rule.blocks;

/** Parts of a node of the levels above the segments. Few: then the picture to draw from is never much finer than the pixels. */
export const FAN_OUT = 4;
/** Durations by bin are kept from this level on; below it the slices themselves are read. */
export const HISTOGRAM_LEVEL = 2;
