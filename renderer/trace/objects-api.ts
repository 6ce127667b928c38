/**
 * The objects' part of the contract between page and trace worker: snapshots as trees, and when which field changed. Answers with a `done` below 1
 * are of what was looked at so far: the worker goes on, moves `revision`, and the same question gives more.
 */
import type { FieldGraph, FieldPath, HistoryPage } from '../../core/model/field-history.ts';
import type { FieldOrder, FieldsPage } from '../../core/model/object-changes.ts';
import type { ObjectId, ObjectInfo, SnapshotView, TraceId } from './trace-worker-api.ts';

export type { FieldGraph, FieldPath, HistoryPage, HistoryRow } from '../../core/model/field-history.ts';
export type { FieldChanges, FieldOrder, FieldsPage } from '../../core/model/object-changes.ts';

export interface ObjectRequests {
  'objects.list': (argument: { readonly trace: TraceId }) => readonly ObjectInfo[];
  /**
   * `index` -1: the newest; `atNs`: the newest at or before that time. `against`: index of the snapshot that it is compared with, else the one before.
   * Undefined: there is none.
   */
  'objects.snapshot': (argument: {
    readonly trace: TraceId;
    readonly object: ObjectId;
    readonly index?: number;
    readonly atNs?: number;
    readonly against?: number;
  }) => SnapshotView | undefined;
  /** Times of an object's snapshots, thinned to at most `limit`. */
  'objects.times': (argument: { readonly trace: TraceId; readonly object: ObjectId; readonly limit: number }) => Float64Array;
  /** What a snapshot holds at a path (an empty one: all of it) as JSON that a person can read, whole. null: it has no such value. */
  'objects.json': (argument: { readonly trace: TraceId; readonly object: ObjectId; readonly index: number; readonly path: FieldPath }) => string | null;
  /** The fields of an object with their changes by column of time. null: no such object. */
  'objects.fields': (argument: {
    readonly trace: TraceId;
    readonly object: ObjectId;
    readonly filter: string;
    readonly order: FieldOrder;
    readonly from: number;
    readonly count: number;
    readonly columns: number;
  }) => FieldsPage | null;
  /** The values of what lies at a path, as a graph draws them, and when they changed. null: no such object. */
  'objects.graph': (argument: { readonly trace: TraceId; readonly object: ObjectId; readonly path: FieldPath; readonly columns: number }) => FieldGraph | null;
  /** The same as rows `from` … `from + count`. null: no such object. */
  'objects.history': (argument: {
    readonly trace: TraceId;
    readonly object: ObjectId;
    readonly path: FieldPath;
    readonly from: number;
    readonly count: number;
    readonly newestFirst: boolean;
  }) => HistoryPage | null;
  /** The snapshot of the next change after `index`, or of the last one before it. null: there is none. Answered when all was looked at. */
  'objects.step': (argument: {
    readonly trace: TraceId;
    readonly object: ObjectId;
    readonly path: FieldPath;
    readonly index: number;
    readonly backwards: boolean;
  }) => number | null;
}
