/** The parts of the API, of one copy of the package. `api.ts` chooses the copy. */
export type { AnyAttributes } from '../events/any-attributes.ts';
export { EventBase, EventBase as _EventBase } from '../events/event-base.ts';
export type { EventOptions, ObjectOptions } from '../events/event-options.ts';
export type { EventTracer } from '../events/recorder.ts';
export { type TriggerWhen, triggerlog } from '../events/triggerlog.ts';
export { VizCounter } from '../events/viz-counter.ts';
export { VizObject } from '../events/viz-object.ts';
export type { ArgValue, ArgValues } from '../plugin-api/args-schema.ts';
export { pluginArguments } from '../plugin-api/plugin-arguments.ts';
export type { TraceData, TraceEvent } from '../plugin-api/trace-data.ts';
export {
  type DataHandler,
  type PluginAnswer,
  type PluginMessageType,
  type PluginPayload,
  type PluginReply,
  VizPluginBase,
} from '../plugin-api/viz-plugin-base.ts';
export type { TraceStudioConfig } from '../protocol/capture-options.ts';
export type { ArgOption, ArgsSchema } from '../protocol/plugins.ts';
export type { VizTracerOptions } from './inline/tracer-options.ts';
export { ignoreFunction, type TraceAndSaveOptions, traceAndSave, type Wrapper } from './inline/wrap-function.ts';
export type { EventScope, Scope } from './tracer-events.ts';
export { getTracer, VizTracer } from './viz-tracer.ts';
