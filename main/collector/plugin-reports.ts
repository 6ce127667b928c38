import { MAX_FAILURES, readPluginState } from '../../core/protocol/plugin-state.ts';
import type { PluginState } from '../../core/protocol/plugins.ts';

/** A plugin is told of at most so often; in between the newest state waits. */
const TELL_MS = 100;
/** Lines of one process in a recording. Beyond, only the last state of each plugin comes, at the process's end. */
const MAX_LINES = 1000;
/** A state is some kilobytes at most; what is larger was not made by the tracer. */
const MAX_STATE_BYTES = 256 * 1024;

export interface PluginReportLimits {
  readonly tellMs?: number;
  readonly lines?: number;
}

/**
 * What the plugins of one process tell of themselves. Plugins are code that nobody vouches for: however often and however much
 * they tell, the recording gets lines of bounded number and size, and the last word of each in any case.
 */
export class PluginReports {
  readonly #write: (state: PluginState) => void;
  readonly #tellMs: number;
  readonly #states = new Map<number, PluginState>();
  readonly #inHost = new Map<number, PluginState>();
  readonly #waiting = new Set<number>();
  #linesLeft: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (state: PluginState) => void, limits: PluginReportLimits = {}) {
    this.#write = write;
    this.#tellMs = limits.tellMs ?? TELL_MS;
    this.#linesLeft = limits.lines ?? MAX_LINES;
  }

  /** The last word of each plugin, in the order of the launch. */
  get states(): readonly PluginState[] {
    return [...this.#states].sort(([a], [b]) => a - b).map(([, state]) => state);
  }

  /** What only the plugin host told: the process itself said nothing of it on its stderr. */
  get statesInHost(): readonly PluginState[] {
    return [...this.#inHost.values()];
  }

  /** JSON of a state as it came from the process. What cannot be read is passed over: the next one tells the same. */
  take(body: Uint8Array): void {
    const state = parse(body);
    if (state) this.#put({ ...state, ranIn: 'target' });
  }

  /** A state that a plugin host tells of the same plugin: what it did in the process itself stays told. Gives whose it is. */
  takeFromHost(body: Uint8Array, inTarget: readonly PluginState[]): number | undefined {
    const state = parse(body);
    if (!state) return undefined;
    this.#inHost.set(state.index, state);
    const before = inTarget.find((each) => each.index === state.index);
    this.#put({ ...(before ? joined(before, state) : state), ranIn: 'plugin-host' });
    return state.index;
  }

  /** A plugin host has ended in the middle of what this one did. Gives its name. */
  endedHost(index: number, message: string): string | undefined {
    const state = this.#states.get(index);
    if (!state) return undefined;
    const failures = [...state.failures, { during: state.lastMessage ?? ('load' as const), message }].slice(-MAX_FAILURES);
    this.#inHost.delete(index); // Told by who tells of the host.
    this.#put({ ...state, failures, failureCount: state.failureCount + 1 });
    return state.name;
  }

  /** Nothing more comes for now: what waits is written. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const index of this.#waiting) this.#write(this.#states.get(index) as PluginState);
    this.#waiting.clear();
  }

  #put(state: PluginState): void {
    this.#states.set(state.index, state);
    this.#waiting.add(state.index);
    if (this.#timer || this.#linesLeft <= 0) return;
    this.#linesLeft -= this.#waiting.size;
    this.flush();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#waiting.size === 0 || this.#linesLeft <= 0) return;
      const [index] = this.#waiting;
      this.#put(this.#states.get(index as number) as PluginState);
    }, this.#tellMs);
    this.#timer.unref();
  }
}

function parse(body: Uint8Array): PluginState | undefined {
  if (body.length > MAX_STATE_BYTES) return undefined;
  try {
    return readPluginState(JSON.parse(Buffer.from(body).toString()));
  } catch {
    // Of another process: not an error of ours.
    return undefined;
  }
}

const joined = (before: PluginState, after: PluginState): PluginState => ({
  ...after,
  messages: before.messages + after.messages,
  spentMs: before.spentMs + after.spentMs,
  failures: [...before.failures, ...after.failures].slice(-MAX_FAILURES),
  failureCount: before.failureCount + after.failureCount,
  warnings: [...new Set([...before.warnings, ...after.warnings])],
});
