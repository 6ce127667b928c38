/** Code of a plugin that keeps the script's thread to itself where no time limit can be set is ended; the script's own is not. */
import { describe, expect, it } from 'vitest';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { plugin, runWithPlugins, SHORT_LIMITS } from './plugin-run.ts';

const ENDED = 'it kept the thread to itself for longer than 700 ms, and was ended';
const LOOP = 'globalThis.wasThere = true; for (;;);';

describe.each(nodeVersions())('$title', ({ path: node }) => {
  const script = `console.log('begin'); process.on('uncaughtException', () => console.log('an error of the script'));
(function wait() { setTimeout(() => (globalThis.wasThere ? console.log('end') : wait()), 2); })(); const beat = setInterval(() => {}, 1); beat.unref();
(async () => { while (!globalThis.wasThere) await new Promise((resolve) => setTimeout(resolve, 1)); console.log('async'); })();`;

  it.each([
    ['behind an await of a promise that nobody waits for', `(async () => { await null; ${LOOP} })()`],
    ['behind an await of a file', `(async () => { await require('node:fs/promises').stat('.'); ${LOOP} })()`],
    ['in a callback of fs', `require('node:fs').stat('.', () => { ${LOOP} })`],
    ['in a tick', `process.nextTick(() => { ${LOOP} })`],
    // Turns that begin so shortly after each other were quick, however busy the machine is.
    [
      'in a timer that was quick before',
      `let quick = 0, last = 0; setInterval(() => { const now = performance.now(); quick = now - last < 5 ? quick + 1 : 0; last = now; if (quick > 12) { process.exitCode = 9; ${LOOP} } }, 1)`,
    ],
    [
      'in a connection to its own server',
      `const server = require('node:net').createServer((socket) => socket.on('data', () => { ${LOOP} })).listen(0, () => require('node:net').connect(server.address().port).write('a'))`,
    ],
    ['that catches all, in a loop', `(async () => { await null; for (;;) try { ${LOOP} } catch {} finally { for (;;); } })()`],
  ])('a loop %s is ended and told of, and the script goes on', async (_, body) => {
    const run = await runWithPlugins(['./plugin.cjs'], { node, files: { 'script.cjs': script, ...plugin(body) }, options: { pluginLimits: SHORT_LIMITS } });
    expect(run).toMatchObject({ code: 0, signal: null });
    expect([...run.lines].sort()).toEqual(['async', 'begin', 'end']);
    expect(run.states[0]?.failures.map(({ message }) => message)).toEqual([ENDED]);
    expect(run.states[0]).toMatchObject({ state: 'terminated' });
    expect(run.stderr).toBe(`${run.told.join('\n')}\n`);
  });

  it('a script that keeps its thread to itself is left alone, also where a plugin waits for a promise or is told by a channel', async () => {
    const body = "require('node:diagnostics_channel').subscribe('of the script', () => block()); return new Promise((resolve) => setTimeout(resolve, 1));";
    const busy = `const block = globalThis.block = () => { for (const ends = Date.now() + 1600; Date.now() < ends; ); };
setTimeout(() => { block(); console.log('blocked'); require('node:diagnostics_channel').channel('of the script').publish({}); console.log('end'); }, 5);`;
    const run = await runWithPlugins(['./plugin.cjs'], { node, files: { 'script.cjs': busy, ...plugin(body) }, options: { pluginLimits: SHORT_LIMITS } });
    expect(run).toMatchObject({ code: 0, lines: ['blocked', 'end'] });
    // Its promise is not settled within the limit, since the thread was not free: that is no fault of the script's.
    for (const { message } of run.states[0]?.failures ?? []) expect(message).not.toBe(ENDED);
  });
});
