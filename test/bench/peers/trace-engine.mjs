// Run by itself: the engine of Chrome's DevTools reads a file of trace events.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

// It is made for browsers.
globalThis.DOMRect ??= class DOMRect {
  constructor(x = 0, y = 0, width = 0, height = 0) {
    Object.assign(this, { x, y, width, height });
  }
};
const { TraceModel } = await import(import.meta.resolve('@paulirish/trace_engine', pathToFileURL(import.meta.filename)));

const began = performance.now();
const { traceEvents } = JSON.parse(readFileSync(process.argv[2]).toString());
for (const event of traceEvents) {
  // It throws where these are missing, which the format allows.
  event.cat ??= '';
  event.name ??= '';
  event.args ??= {};
}
const model = TraceModel.Model.createWithAllHandlers();
await model.parse(traceEvents, { isFreshRecording: false });
if (!model.parsedTrace()) throw new Error('nothing was read');
console.log(JSON.stringify({ ms: performance.now() - began, peakBytes: process.resourceUsage().maxRSS * 1024 }));
