/**
 * What the collector answers, over RPC. Two roles on separate connections: the host controls, a window only reads.
 *
 * The collector keeps no queue per window: `recording.follow` reads the file from an offset and waits at its end.
 */
import type { TakeOrder, TakeProgress } from './sampling.ts';
import type { RecordingId, RecordingInfoSummary, SessionId, SessionInfo, SpawnPlan, TracerAddress } from './session-types.ts';

/** Calls of the host. */
export interface CollectorControl {
  'session.start': (argument: { readonly plan: SpawnPlan; readonly file: string; readonly session: SessionId; readonly recording: RecordingId }) => SessionInfo;
  /**
   * A session of a process that runs: the host puts the tracer into it, with this address, or says why it could not (`session.stop`). From then on
   * it is as any other, but is left where another is ended.
   */
  'session.attach': (argument: {
    readonly plan: SpawnPlan;
    readonly pid: number;
    readonly file: string;
    readonly session: SessionId;
    readonly recording: RecordingId;
  }) => { readonly info: SessionInfo; readonly address: TracerAddress };
  /** Politely (SIGTERM to the tree), and with SIGKILL after `graceMs`. Resolves when the tree is gone. */
  'session.stop': (argument: { readonly session: SessionId; readonly graceMs: number }) => SessionInfo;
  'session.stdin': (argument: { readonly session: SessionId; readonly text: string; readonly end?: boolean }) => null;
  /** Sampling of every process of the session, also of those that come later. */
  'session.sampling': (argument: { readonly session: SessionId; readonly on: boolean }) => null;
  /** Resolves when the file is there, with how it went; rejects with why it is not. */
  'session.take': (argument: { readonly session: SessionId } & TakeOrder) => TakeProgress;
  'session.list': (argument: null) => readonly SessionInfo[];
  'recording.open': (argument: { readonly path: string; readonly recording: RecordingId; readonly unsaved: boolean }) => RecordingInfoSummary;
  /** Copies to a temporary file beside `path` and renames; a live recording is saved as far as it goes. */
  'recording.saveAs': (argument: { readonly recording: RecordingId; readonly path: string }) => { readonly bytes: number };
  'recording.close': (argument: { readonly recording: RecordingId }) => null;
  /** Ends every target (as session.stop) and the collector. */
  shutdown: (argument: { readonly graceMs: number }) => null;
}

/** Notifications to the host. */
export interface CollectorEvents {
  /** State, counts or end changed; at most ten times a second for each session, always at a change of state. */
  'session.changed': SessionInfo;
  /** While a `session.take` goes on. */
  'session.take': { readonly session: SessionId; readonly progress: TakeProgress };
}

/** Calls of a window. */
export interface CollectorReading {
  'recording.status': (argument: { readonly recording: RecordingId }) => RecordingInfoSummary;
  /** At most `length` bytes from `offset`, as the raw bytes beside the answer. */
  'recording.read': (argument: { readonly recording: RecordingId; readonly offset: number; readonly length: number }) => { readonly length: number };
}

/** Streams of a window. */
export interface CollectorStreams {
  /** The file's bytes from `offset`; waits for more while it is live, ends when it is complete. */
  'recording.follow': { readonly recording: RecordingId; readonly offset: number };
}

/**
 * Electron: what main posts to the collector's `process.parentPort`, with exactly one MessagePort beside it. Frames travel
 * through that port as Uint8Array, one message each. A port of role `window` goes on to a window: main never sees its data.
 */
export interface CollectorPortMessage {
  readonly role: 'control' | 'window';
}
