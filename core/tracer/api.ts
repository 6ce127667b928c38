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

// Under other names here: beside two of one name a bundler would rename the classes themselves, and users meet their names in messages.
const theEventBase = api.EventBase;
type theEventBase = own.EventBase;
const theVizCounter = api.VizCounter;
type theVizCounter<T = own.AnyAttributes> = own.VizCounter<T>;
const theVizObject = api.VizObject;
type theVizObject<T = own.AnyAttributes> = own.VizObject<T>;
const theVizPluginBase = api.VizPluginBase;
type theVizPluginBase = own.VizPluginBase;
const theVizTracer = api.VizTracer;
type theVizTracer = own.VizTracer;
const { getTracer: getTheTracer, ignoreFunction: ignoreIt, pluginArguments: argumentsOf, traceAndSave: traceIt, triggerlog: logIt } = api;

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
export {
  argumentsOf as pluginArguments,
  getTheTracer as getTracer,
  ignoreIt as ignoreFunction,
  logIt as triggerlog,
  theEventBase as _EventBase,
  theEventBase as EventBase,
  theVizCounter as VizCounter,
  theVizObject as VizObject,
  theVizPluginBase as VizPluginBase,
  theVizTracer as VizTracer,
  traceIt as traceAndSave,
};
