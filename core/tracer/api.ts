/**
 * What `import … from 'trace-studio'` gives.
 *
 * Whatever copy of the package a script has (its own, one in a bundle, or the studio's), in a traced process it hands out the
 * classes that belong to the tracer of that process: there is one tracer, and one version of everything.
 */
import * as own from './api-classes.ts';
import { currentRuntime } from './runtime.ts';

const ownFile = typeof __filename === 'string' ? __filename : undefined;

function tracerApi(): typeof own {
  const runtime = currentRuntime();
  if (!runtime || runtime.apiFile === ownFile) return own;
  try {
    return runtime.loadApi() as typeof own;
  } catch {
    return own; // The tracer's files are gone: this copy writes to the same recorder.
  }
}

const api = tracerApi();

export const { EventBase, _EventBase, getTracer, ignoreFunction, pluginArguments, traceAndSave, triggerlog, VizCounter, VizObject, VizPluginBase, VizTracer } =
  api;
export type EventBase = own.EventBase;
export type VizCounter<T = own.AnyAttributes> = own.VizCounter<T>;
export type VizObject<T = own.AnyAttributes> = own.VizObject<T>;
export type VizPluginBase = own.VizPluginBase;
export type VizTracer = own.VizTracer;
export type {
  AnyAttributes,
  ArgOption,
  ArgsSchema,
  ArgValue,
  ArgValues,
  DataHandler,
  EventOptions,
  EventScope,
  EventTracer,
  ObjectOptions,
  PluginAnswer,
  PluginMessageType,
  PluginPayload,
  PluginReply,
  Scope,
  TraceAndSaveOptions,
  TraceData,
  TraceEvent,
  TraceStudioConfig,
  TriggerWhen,
  VizTracerOptions,
  Wrapper,
} from './api-classes.ts';
