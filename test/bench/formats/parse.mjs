// Run by itself: JSON.parse of a file, which makes objects and nothing of them.
import { readFileSync } from 'node:fs';

const began = performance.now();
const atStart = process.cpuUsage();
const { length } = JSON.parse(readFileSync(process.argv[2]).toString()).traceEvents;
const { user, system } = process.cpuUsage(atStart);
console.log(JSON.stringify({ ms: performance.now() - began, cpuMs: (user + system) / 1000, peakBytes: process.resourceUsage().maxRSS * 1024, length }));
