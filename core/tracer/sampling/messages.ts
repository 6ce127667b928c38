/** Between the drain worker, which owns the socket, and the sampler, which is a worker of it. */
import type { MessagePort } from 'node:worker_threads';
import type { SamplingState, TakeProgress, TakeRequest } from '../../protocol/sampling.ts';
import type { SampleFilterOptions } from './sample-filter.ts';

/** `workerData` of the sampler. */
export interface SamplerStart {
  readonly traceStudioSampler: true;
  /** Of the tracer's files: frames of them are left out. */
  readonly folder: string;
  readonly process: SharedArrayBuffer;
  readonly filter: SampleFilterOptions;
  /** For `FromSampler`: the drain can look into its end without waiting for its event loop. */
  readonly port: MessagePort;
}

export type ToSampler =
  /** A thread of the process: `words` is its ring's buffer, `out` where what is seen of it goes. */
  | { readonly kind: 'thread'; readonly thread: number; readonly words: SharedArrayBuffer; readonly out: SharedArrayBuffer; readonly outBytes: number }
  | { readonly kind: 'sampling'; readonly on: boolean; readonly intervalUs: number }
  | { readonly kind: 'take'; readonly request: TakeRequest };

export type FromSampler =
  | { readonly kind: 'state'; readonly state: SamplingState }
  | { readonly kind: 'take'; readonly progress: TakeProgress }
  /** A thread that has no tracer, since it was there before: asks for a place for what is seen of it. */
  | { readonly kind: 'found'; readonly thread: number; readonly name: string }
  | { readonly kind: 'error'; readonly message: string };
