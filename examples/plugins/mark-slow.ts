/**
 * Puts a mark behind each duration that took too long: in a long recording they are found at a glance, or by searching for "slow".
 *
 *     trace-studio run --plugins "examples/plugins/mark-slow.ts --longer-than 20" -- script.js
 */
import { type PluginAnswer, type PluginMessageType, type PluginPayload, pluginArguments, type TraceData, VizPluginBase } from 'trace-studio';

export const version = '1.0.0';
export const description = 'Marks durations that took longer than they may.';
export const args_schema = {
  options: [
    { name: 'limit', flags: ['-l', '--longer-than'], type: 'number', min: 0, default: 100, unit: 'ms', help: 'Durations up to this are fine.' },
    { name: 'only', flags: ['--only'], type: 'boolean', help: 'Take the others out.' },
  ],
} as const;

class MarkSlow extends VizPluginBase {
  readonly #limitUs: number;
  readonly #only: boolean;

  constructor(text: string) {
    super();
    const { limit, only } = pluginArguments(args_schema, text);
    this.#limitUs = Number(limit) * 1000;
    this.#only = only === true;
  }

  override support_version(): string {
    return '0.1.0';
  }

  override message(type: PluginMessageType, payload: PluginPayload): PluginAnswer {
    if (payload.when !== 'pre-save') return super.message(type, payload);
    return { action: 'handle_data', handler: (data) => this.#handle(data) };
  }

  #handle(data: TraceData): void {
    const slow = data.traceEvents.filter(({ ph, dur = 0 }) => ph === 'X' && dur > this.#limitUs);
    if (this.#only) data.traceEvents = data.traceEvents.filter(({ ph, dur = 0 }) => ph !== 'X' || dur > this.#limitUs);
    for (const { name, ts = 0, dur = 0, ...event } of slow) {
      data.traceEvents.push({ ...event, ph: 'i', name: 'slow', ts: ts + dur, args: { what: name, ms: dur / 1000 } });
    }
  }
}

export const get_vizplugin = (text: string): VizPluginBase => new MarkSlow(text);
