import type { Recorder } from '../../../../core/events/recorder.ts';
import { DEFAULT_SNAPSHOT_LIMITS } from '../../../../core/protocol/snapshot-value.ts';

/** A recorder that keeps what it is told, for tests. */
export class ArrayRecorder implements Recorder {
  recording = true;
  gaps = 0;
  maskSecrets = true;
  readonly limits = DEFAULT_SNAPSHOT_LIMITS;
  readonly events: unknown[][] = [];
  readonly #definitions: { name: string; series: readonly string[] }[] = [];

  defineCounter(name: string, series: readonly string[]): number {
    return this.#definitions.push({ name, series: [...series] });
  }
  defineObject(name: string, className: string): number {
    return this.#definitions.push({ name, series: [className] });
  }
  text(): number {
    return 1;
  }
  counter(definition: number, values: Float64Array, count: number): void {
    if (!this.recording) return;
    const { name, series } = this.#definition(definition);
    if (series.length !== count) throw new Error(`${name} has ${series.length} series, not ${count}`);
    this.events.push(['counter', name, Object.fromEntries(series.map((key, i) => [key, values[i]]))]);
  }
  instant(name: string, _category: string, scope: number, args: string): void {
    this.events.push(['instant', name, scope, args]);
  }
  now(): number {
    return 0;
  }
  slice(name: string): void {
    this.events.push(['slice', name]);
  }
  objectCreated(definition: number): boolean {
    this.events.push(['created', this.#definition(definition).name, this.#definition(definition).series[0]]);
    return true;
  }
  objectSnapshot(_definition: number, flags: number, keys: readonly string[], values: readonly (string | undefined)[], count: number): boolean {
    const changes = keys.slice(0, count).map((key, i) => [key, values[i] === undefined ? undefined : JSON.parse(values[i] as string)]);
    this.events.push(['snapshot', flags, Object.fromEntries(changes)]);
    return true;
  }
  objectDeleted(definition: number): void {
    this.events.push(['deleted', this.#definition(definition).name]);
  }
  report(): void {}

  /** Contents of the counters, and what changed in snapshots. */
  take(): unknown[] {
    return this.events.splice(0).map((event) => (event[0] === 'counter' || event[0] === 'snapshot' ? event[2] : event[0]));
  }

  #definition(id: number): { name: string; series: readonly string[] } {
    const definition = this.#definitions[id - 1];
    if (!definition) throw new Error(`nothing is defined as ${id}`);
    return definition;
  }
}
