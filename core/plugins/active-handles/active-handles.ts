import { pluginArguments, type VizPluginBase, type VizTracer } from 'trace-studio';
import { frequencySchema, type Sample, type Sampling, SamplingPlugin } from '../sampling.ts';

export const version = '1.0.0';
export const description = 'What keeps the main thread alive: sockets, timers, files, requests and others, as Node counts them.';
export const args_schema = frequencySchema(description);

const activeResources = process.getActiveResourcesInfo.bind(process);

type Kind = 'sockets' | 'timers' | 'files' | 'requests' | 'others';

/** By the names that Node gives them, which are those of its own classes. The first that fits. */
const KINDS: readonly (readonly [Kind, RegExp])[] = [
  ['timers', /^(?:Timeout|Immediate)$/],
  ['files', /^(?:FS|File|Dir|StatWatcher)/],
  ['requests', /Req|Request|Job$|(?:Connect|Write|Shutdown|Send|Query)Wrap$|^(?:HTTP|Zlib|Brotli|Zstd)/],
  ['sockets', /^(?:TCP|UDP|Pipe|TLS|JSStream|JSUDP|Http2)/],
];

/** Names are few, and come again and again. */
const known = new Map<string, Kind>();
function kindOf(name: string): Kind {
  const kind = known.get(name) ?? KINDS.find(([, names]) => names.test(name))?.[0] ?? 'others';
  known.set(name, kind);
  return kind;
}

/** A count holds until it changes: only a change is a sample, and the first. */
function sampler(): Sample {
  let last = '';
  return (tracer: VizTracer) => {
    const counts = { sockets: 0, timers: 0, files: 0, requests: 0, others: 0 };
    for (const name of activeResources()) counts[kindOf(name)]++;
    const now = Object.values(counts).join();
    if (now === last) return;
    last = now;
    tracer.counter('active_handles', counts);
  };
}

const sampling: Sampling = { name: 'active_handles', sampler };

class ActiveHandles extends SamplingPlugin {}

export const get_vizplugin = (spec: string): VizPluginBase => new ActiveHandles(sampling, pluginArguments(args_schema, spec));
