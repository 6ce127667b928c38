/** The drain worker: one in each target process. Takes what the threads' rings hold to the collector's socket. */
import { isMainThread, workerData } from 'node:worker_threads';
import { Drain } from './drain-loop.ts';
import type { DrainStart } from './ring-layout.ts';

const start = workerData as DrainStart | undefined;
if (!isMainThread && start?.traceStudioDrain === true) new Drain(start).run();
