/** The package's API for scripts. */
export { EventBase, EventBase as _EventBase } from '../events/event-base.ts';
export type { EventOptions, ObjectOptions } from '../events/event-options.ts';
export { VizCounter } from '../events/viz-counter.ts';
export { VizObject } from '../events/viz-object.ts';
export { type EventScope, getTracer, type Scope, VizTracer } from './viz-tracer.ts';
