/**
 * What the collector answers, over RPC. Two roles on separate connections: the host controls, a window only reads.
 *
 * The collector keeps no queue per window: `recording.follow` reads the file from an offset and waits at its end.
 */
import type { Marked, NoteChange } from './notes.ts';
import type { TakeOrder, TakeProgress } from './sampling.ts';
import type { RecordingId, RecordingInfoSummary, SessionId, SessionInfo, SpawnPlan, TracerAddress } from './session-types.ts';
import type { FunctionRule } from './target-wire.ts';

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
  /** Switches recording on or off, in every process of the session and in those that come later. */
  'session.record': (argument: { readonly session: SessionId; readonly on: boolean }) => SessionInfo;
  /** Every thread records all of its objects at its next turn. How many processes were asked. */
  'session.snapshot': (argument: { readonly session: SessionId }) => { readonly processes: number };
  /** A moment with a name: an instant of scope global and category `marker`, and a note. Empty: named by its number. */
  'session.mark': (argument: { readonly session: SessionId; readonly name: string }) => Marked;
  /** Calls of these functions are not recorded from now on (or again), in every process of the session and in those that come later. */
  'session.mute': (argument: { readonly session: SessionId; readonly functions: readonly FunctionRule[]; readonly muted: boolean }) => SessionInfo;
  /** Sampling of every process of the session, also of those that come later. */
  'session.sampling': (argument: { readonly session: SessionId; readonly on: boolean }) => null;
  /** Resolves when the file is there, with how it went; rejects with why it is not. */
  'session.take': (argument: { readonly session: SessionId } & TakeOrder) => TakeProgress;
  'session.list': (argument: null) => readonly SessionInfo[];
  'recording.open': (argument: { readonly path: string; readonly recording: RecordingId; readonly unsaved: boolean }) => RecordingInfoSummary;
  /** Copies to a temporary file beside `path` and renames; a live recording is saved as far as it goes. */
  'recording.saveAs': (argument: { readonly recording: RecordingId; readonly path: string }) => { readonly bytes: number };
  /** Writes a note into the recording, and into `copy` of it; `kept` false: its file has no place for notes, being of another format, or cut. */
  'recording.note': (argument: { readonly recording: RecordingId; readonly change: NoteChange; readonly copy?: string }) => { readonly kept: boolean };
  'recording.close': (argument: { readonly recording: RecordingId }) => null;
  /** Ends every target (as session.stop) and the collector. */
  shutdown: (argument: { readonly graceMs: number }) => null;
}

/** Notifications to the host. */
export interface CollectorEvents {
  /** State, counts or end changed; at most ten times a second for each session, always at a change of state. */
  'session.changed': SessionInfo;
  /** With only the newest kept: something has happened whose data will be gone later. Save them now. */
  'session.worth-saving': { readonly session: SessionId; readonly recording: RecordingId; readonly why: string };
  /** While a `session.take` goes on. */
  'session.take': { readonly session: SessionId; readonly progress: TakeProgress };
}

/** Calls of a window. */
export interface CollectorReading {
  'recording.status': (argument: { readonly recording: RecordingId }) => RecordingInfoSummary;
  /**
   * At most `length` bytes from `offset`, as the raw bytes beside the answer. `view`: that of the status with which the window began.
   * Fails with `no-longer-kept` for what a flight recorder has let go.
   */
  'recording.read': (argument: { readonly recording: RecordingId; readonly offset: number; readonly length: number; readonly view?: number }) => {
    readonly length: number;
  };
}

/** Streams of a window. */
export interface CollectorStreams {
  /** The file's bytes from `offset`; waits for more while it is live, ends when it is complete. `view` and failure as with `recording.read`. */
  'recording.follow': { readonly recording: RecordingId; readonly offset: number; readonly view?: number };
}

/**
 * Electron: what main posts to the collector's `process.parentPort`, with exactly one MessagePort beside it. Frames travel
 * through that port as Uint8Array, one message each. A port of role `window` goes on to a window: main never sees its data.
 */
export interface CollectorPortMessage {
  readonly role: 'control' | 'window';
}
