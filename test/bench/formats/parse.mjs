// Run by itself: JSON.parse of a file, which makes objects and nothing of them.
import { readFileSync } from 'node:fs';

const began = performance.now();
const { length } = JSON.parse(readFileSync(process.argv[2]).toString()).traceEvents;
console.log(JSON.stringify({ ms: performance.now() - began, peakBytes: process.resourceUsage().maxRSS * 1024, length }));
