// Bundled by formats.mjs, and run by itself: a file becomes a recording, which is thrown away.
import { openFile, recordingOf } from '../../../main/services/export/open-file.ts';

const began = performance.now();
const atStart = process.cpuUsage();
const { source, opened } = await openFile(process.argv[2]);
let bytes = 0;
for await (const part of recordingOf(source, opened)) bytes += part.length;
await source.close();
const { user, system } = process.cpuUsage(atStart);
console.log(JSON.stringify({ ms: performance.now() - began, cpuMs: (user + system) / 1000, peakBytes: process.resourceUsage().maxRSS * 1024, bytes }));
