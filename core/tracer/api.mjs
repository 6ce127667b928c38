// The same module for `import` as for `require`: one set of classes, whichever way it is reached.
import api from './api.cjs';

export const { EventBase, _EventBase, triggerlog, VizCounter, VizObject, VizPluginBase, VizTracer, getTracer, ignoreFunction, pluginArguments, traceAndSave } =
  api;
export default api;
