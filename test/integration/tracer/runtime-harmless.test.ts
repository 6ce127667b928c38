/** A script cannot tell that the runtime is recorded: its output, its stack traces, the functions that it finds, how it ends. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CaptureOptions, DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { nodeVersions } from './node-matrix.ts';
import { type RunOptions, runTarget, type TargetRun, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

/** All of the runtime, and no calls. */
const CAPTURE: CaptureOptions = { ...DEFAULT_CAPTURE, calls: 'off' };

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

async function both(code: string, run: RunOptions, capture: CaptureOptions = CAPTURE, name = 'script.cjs'): Promise<{ plain: TargetRun; traced: TargetRun }> {
  const script = writeScript(collector, { [name]: code });
  const plain = await runTarget(collector, script, { ...run, traced: false });
  const traced = await runTarget(collector, script, { ...run, options: { capture } });
  expect(collector.targets.flatMap((target) => target.errors)).toEqual([]);
  return { plain: masked(plain), traced: masked(traced) };
}

/** What differs between two runs of plain Node, too: ports, ids, and in which order things are due that do not wait for each other. */
const masked = (run: TargetRun): TargetRun => ({
  ...run,
  stdout: run.stdout
    .replaceAll(/:\d{5}\b/g, ':port')
    .replaceAll(/(_idleStart|Symbol\((?:asyncId|triggerId)\)\]?): \d+/g, '$1: n')
    // What Node 26 calls a callback of `readFile` or `writeFile` in a stack trace, after the place that it finds it in.
    .replaceAll(/at ((?:Read|Write)File(?:Context|Job))\.(?:callback|ondone) \(/g, 'at $1.<anonymous> (')
    .split('\n')
    .sort()
    .join('\n'),
  stderr: run.stderr.replaceAll(/\(node:\d+\)/g, '(node)'),
});

/** Everything about the functions of modules that can be seen without calling them. */
const FACTS = `
console.log(process.eventNames().map(String).join(), process._getActiveHandles().length, process.getActiveResourcesInfo().join());
const facts = (name, object, seen = new Set()) => {
  for (const key of Reflect.ownKeys(object)) {
    const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(object, key);
    const kind = typeof value === 'function' ? [value.name, value.length, String(value), Reflect.ownKeys(value).map(String).join()] : [typeof value, typeof get, typeof set];
    console.log(name, String(key), JSON.stringify(flags), JSON.stringify(kind));
  }
};
const { EventEmitter } = require('node:events');
for (const name of ['fs', 'timers', 'timers/promises', 'fs/promises', 'console', 'module', 'perf_hooks', 'diagnostics_channel']) facts(name, require('node:' + name));
facts('globalThis', globalThis); facts('process', process); facts('console', console); facts('Function.prototype', Function.prototype); facts('Error', Error);
facts('Timeout', Object.getPrototypeOf(setTimeout(() => {}, 0)));
const timers = require('node:timers'), fs = require('node:fs'), { promisify } = require('node:util');
console.log(setTimeout === timers.setTimeout, setImmediate === timers.setImmediate, clearTimeout === timers.clearTimeout, fs.promises === require('node:fs/promises'));
console.log(promisify(setTimeout) === require('node:timers/promises').setTimeout, promisify(fs.exists) === fs.exists[promisify.custom], typeof fs.realpath.native);
`;

/** Each prints what it sees, and stacks from where it is called back. */
const SCRIPTS: Readonly<Record<string, string>> = {
  timers: `
    const stack = (name) => console.log(name, new Error(name).stack);
    setTimeout(function named(a, b) { stack('timeout ' + a + b + (this === timer)); }, 1, 'a', 'b');
    const timer = setTimeout(() => {}, 5);
    setTimeout(() => stack('arrow'), 1); setImmediate(() => stack('immediate')); setImmediate(function () { console.log(typeof this._onImmediate); });
    let turns = 0; const interval = setInterval(() => { stack('interval'); console.log(interval); if (++turns === 3) clearInterval(interval); }, 1);
    console.log(setImmediate(() => {}), setImmediate, setTimeout, require('fs').readFile, require('fs').promises.readFile); console.log(setTimeout(() => {}, 2), clearTimeout(setTimeout(() => console.log('never'), 1)), clearTimeout('x'), clearTimeout());
    const primitive = +setTimeout(() => console.log('never'), 1); clearTimeout(primitive);
    const again = setTimeout(() => { console.log('again'); if (!again.once) { again.once = true; again.refresh(); } }, 2);
    setTimeout(() => console.log('closed'), 2).close(); console.log(setTimeout(() => {}, 1).unref().hasRef());
    process.nextTick(() => console.log('tick')); Promise.resolve().then(() => console.log('micro')); queueMicrotask(() => console.log('queued'));`,
  'timers that throw': `process.on('uncaughtException', (error) => { console.log(error.stack); });
    setTimeout(() => { throw new Error('timeout'); }, 1); setImmediate(() => { throw new Error('immediate'); });
    let n = 0; const interval = setInterval(() => { if (++n > 2) clearInterval(interval); throw new Error('interval'); }, 1);`,
  'a wrong timer, caught': `for (const bad of [undefined, null, 'code', 5]) for (const start of [setTimeout, setInterval, setImmediate]) try { start(bad); } catch (error) { console.log(error.stack); }`,
  'a wrong timer': 'setTimeout(undefined);',
  'a wrong file': "require('fs').readFile(undefined, () => {});",
  'no callback': "require('fs').readFile('x');",
  'an error in a callback': "require('fs').stat(__filename, function seen() { throw new Error('in a callback'); });",
  'promises of timers': `const { setTimeout: later, setImmediate: soon, scheduler, setInterval: every } = require('timers/promises');
    (async () => { console.log(await later(1, 'value'), await soon('soon')); const abort = new AbortController(); const wait = later(1000, 0, { signal: abort.signal }); abort.abort();
      await wait.catch((error) => console.log(error.name, error.code)); let n = 0; for await (const value of every(1, 'turn')) { console.log(value); if (++n === 3) break; } await scheduler.wait(1);
      console.log(later(0) instanceof Promise, await require('util').promisify(setTimeout)(1, 'promisified')); })();`,
  'files with callbacks': `const fs = require('fs'), path = require('path'), dir = path.join(__dirname, 'folder'), file = path.join(dir, 'f'); fs.rmSync(dir, { recursive: true, force: true }); fs.mkdirSync(dir);
    const stack = (name) => console.log(name, new Error(name).stack);
    const steps = [
      (next) => fs.writeFile(file, 'text', (error) => { stack('writeFile'); next(error); }),
      (next) => fs.appendFile(file, ' more', (error) => { stack('appendFile'); next(error); }),
      (next) => fs.readFile(file, 'utf8', function read(error, text) { console.log(text, this === undefined, arguments.length); next(error); }),
      (next) => fs.stat(file, { bigint: true }, (error, stats) => { stack('stat'); console.log(stats.size); next(error); }),
      (next) => fs.lstat(file, (error, stats) => { stack('lstat'); console.log(stats.isFile()); next(error); }),
      (next) => fs.access(file, (error) => { stack('access'); next(error); }),
      (next) => fs.exists(file, (is) => { stack('exists'); console.log(is); next(); }),
      (next) => fs.open(file, (error, fd) => { stack('open'); fs.read(fd, Buffer.alloc(4), (error, count, buffer) => { stack('read'); console.log(count, String(buffer)); fs.fstat(fd, (error) => { stack('fstat'); fs.close(fd, () => { stack('close'); next(); }); }); }); }),
      (next) => fs.rename(file, file + '2', (error) => { stack('rename'); next(error); }),
      (next) => fs.copyFile(file + '2', file, (error) => { stack('copyFile'); next(error); }),
      (next) => fs.readdir(dir, (error, names) => { stack('readdir'); console.log(names.sort()); next(error); }),
      (next) => fs.realpath(file, (error, name) => { console.log(name === file); next(error); }),
      (next) => fs.realpath.native(file, (error, name) => { console.log(name === file); next(error); }),
      (next) => fs.mkdir(path.join(dir, 'a/b'), { recursive: true }, (error, made) => { stack('mkdir'); console.log(path.basename(made)); next(error); }),
      (next) => fs.rm(dir, { recursive: true }, (error) => { next(error); }),
      (next) => fs.readFile(path.join(dir, 'missing'), (error) => { console.log(error.stack); next(); }),
      (next) => fs.promises.readFile(file).catch((error) => { console.log(error.code); next(); }),
    ];
    const run = (error) => { if (error) console.log(error.stack); steps.shift()?.(run); };
    run();`,
  'files with promises': `const fs = require('fs/promises'), path = require('path'); const dir = path.join(__dirname, 'folder'), file = path.join(dir, 'f'); require('fs').rmSync(dir, { recursive: true, force: true }); require('fs').mkdirSync(dir);
    async function main() {
      await fs.writeFile(file, 'text'); console.log(await fs.readFile(file, 'utf8'), (await fs.stat(file)).size);
      const handle = await fs.open(file); console.log(typeof handle.fd, String((await handle.read(Buffer.alloc(4))).buffer), (await handle.stat()).isFile()); await handle.close();
      try { await fs.readFile(path.join(dir, 'missing')); } catch (error) { console.log(error.stack); }
      try { fs.readFile(); } catch (error) { console.log('thrown', error.stack); }
      await fs.readFile(undefined).catch((error) => console.log(error.stack));
      console.log(await Promise.allSettled([fs.access(file), fs.access('/nope')]).then((all) => all.map(({ status }) => status)));
      await fs.rm(dir, { recursive: true });
    }
    main().then(() => console.log('done'));`,
  'an unhandled rejection of a file': "require('fs').promises.readFile('/nope');",
  'an unhandled rejection, listened to': `process.on('unhandledRejection', (reason, promise) => { console.log(reason.stack, promise === mine); }); const mine = require('fs').promises.readFile('/nope');`,
  'a rejection handled late': `process.on('unhandledRejection', () => console.log('unhandled')); process.on('rejectionHandled', () => console.log('handled late'));
    const mine = require('fs').promises.readFile('/nope'); setTimeout(() => mine.catch(() => {}), 50);`,
  streams: `const fs = require('fs'); const from = fs.createReadStream(__filename), to = fs.createWriteStream(__filename + '.copy');
    from.on('open', () => console.log('open', new Error('o').stack)).on('close', () => console.log('from', from.bytesRead > 100, new Error('c').stack)); to.on('close', () => console.log('to', to.bytesWritten > 100, from.listenerCount('close'), Object.keys(from).join()));
    from.pipe(to); fs.createReadStream('/nope').on('error', (error) => console.log(error.stack)); try { fs.createReadStream(5); } catch (error) { console.log(error.message); }
    const wait = fs.createReadStream(__filename, { encoding: 'utf8' }); (async () => { let n = 0; for await (const part of wait) n += part.length; console.log(n > 100, wait instanceof fs.ReadStream, require('util').inspect(wait).length > 100); })();`,
  'mocked file system under a stream': `const fs = require('fs'); const read = fs.read; let reads = 0; fs.read = function (...args) { reads++; return read.apply(this, args); };
    fs.createReadStream(__filename).resume().on('close', () => console.log(reads > 0));`,
  http: `const http = require('http'); const stack = (name) => console.log(name, new Error(name).stack);
    const server = http.createServer((request, response) => { stack('server'); console.log(request.url, request.listenerCount('close'), Object.keys(response).length); request.on('close', () => console.log('request closed')); response.on('finish', () => console.log('finish')); response.end('body'); });
    server.listen(0, () => { const { port } = server.address();
      const request = http.get({ port, path: '/p' }, (response) => { stack('response'); console.log(response.statusCode, response.listenerCount('end'), Object.keys(response).join()); response.on('data', (data) => console.log(String(data))).on('end', () => { stack('end'); http.get({ port: 1 }).on('error', (error) => { console.log(error.stack); server.close(() => console.log('closed')); server.closeAllConnections(); }); }).on('close', () => stack('response close')); });
      console.log(Object.keys(request).join(), request.listenerCount('response')); });`,
  fetch: `const server = require('http').createServer((request, response) => response.end('body')).listen(0, async () => { const url = 'http://127.0.0.1:' + server.address().port;
      const response = await fetch(url); console.log(response.status, await response.text()); await fetch('http://127.0.0.1:1').catch((error) => console.log(error.stack, error.cause.code)); server.close(); server.closeAllConnections(); });`,
  net: `const net = require('net'); const server = net.createServer((socket) => { console.log('accepted', socket.listenerCount('close')); socket.end('bye'); }).listen(0, () => { const socket = net.connect(server.address().port, () => console.log('connected', Object.keys(socket).join(), new Error('n').stack));
      socket.on('data', (data) => console.log(String(data))).on('close', () => { console.log('closed', socket.bytesRead, new Error('close').stack); server.close(); }); }); require('dns').lookup('localhost', (error, address) => console.log(typeof address, new Error('dns').stack));`,
  'child processes': `const { spawn, exec, execFile, fork, execSync, execFileSync, spawnSync } = require('child_process'); const node = process.execPath;
    const child = spawn(node, ['-e', 'process.exit(3)']); child.on('exit', (code, signal) => { console.log('exit', code, signal, new Error('exit').stack); }).on('close', () => console.log('close', Object.keys(child).join(), child.listenerCount('exit')));
    spawn('/nope/nothing').on('error', (error) => console.log(error.stack)); exec('exit 4', (error) => console.log(error.code)); execFile(node, ['-p', '1+1'], (error, out) => console.log(out));
    console.log(String(execSync('echo hi')), String(execFileSync(node, ['-p', '2'])), spawnSync(node, ['-p', '3']).stdout.toString()); try { execSync('exit 5', { stdio: 'ignore' }); } catch (error) { console.log(error.status, error.stack); }
    spawn(node, ['-e', 'setInterval(() => {}, 1000)']).on('spawn', function () { this.kill(); }).on('exit', (code, signal) => console.log(code, signal));`,
  'worker threads': `const { Worker, isMainThread, parentPort, MessageChannel, receiveMessageOnPort } = require('worker_threads');
    if (isMainThread) { const worker = new Worker(__filename); worker.on('message', (message) => console.log(message)).on('exit', (code) => console.log('exit', code)); for (let i = 0; i < 3; i++) worker.postMessage(i);
      try { worker.postMessage(() => {}); } catch (error) { console.log(error.name, error.message); } worker.postMessage('end'); console.log(worker.listenerCount('message'), Object.keys(worker).join(), worker.postMessage.name, worker.postMessage.length); }
    else { parentPort.on('message', (message) => { if (message === 'end') { parentPort.close(); return; } parentPort.postMessage(['answer', message, new Error('w').stack]); try { parentPort.postMessage(() => {}); } catch (error) { parentPort.postMessage([error.name, error.message]); } });
      const { port1, port2 } = new MessageChannel(); port1.postMessage('x'); parentPort.postMessage([receiveMessageOnPort(port2), Object.keys(parentPort), parentPort.listenerCount('message'), parentPort.postMessage.name]); }`,
  'a port with events': `const { Worker, isMainThread, parentPort } = require('worker_threads');
    if (isMainThread) { const worker = new Worker(__filename); worker.on('message', (message) => console.log(message)); worker.postMessage(1); worker.postMessage(2); }
    else { let n = 0; parentPort.addEventListener('message', (event) => { parentPort.postMessage([event.data, event.ports, n]); if (++n === 2) parentPort.close(); }); parentPort.start(); }`,
  console: `console.log('%s is %d', 'a', 1, { b: { c: { d: {} } } }); console.error('error'); console.warn('warn'); console.info('info'); console.debug('debug'); console.table([{ a: 1 }]); console.dir({ a: 1 });
    console.group('group'); console.log('inside'); console.groupEnd(); console.count(); console.assert(false, 'assert'); console.trace('trace'); console.log(console.log.name, console.log.length, String(console.log), Object.keys(console).join());
    class Shown { [require('util').inspect.custom]() { return new Error('shown').stack; } } console.log(new Shown()); console.log({ get a() { console.error('a getter ran'); return 1; } }, new Proxy({}, { get() { console.error('a trap ran'); } }), { toString() { console.error('toString ran'); } });
    const { log } = console; log('free'); new console.Console(process.stderr).log('other'); console.log();`,
  'performance marks': `const { performance, PerformanceObserver } = require('perf_hooks'); new PerformanceObserver((list) => console.log(list.getEntries().map(({ name, entryType, detail }) => [name, entryType, detail]))).observe({ entryTypes: ['mark', 'measure'] });
    performance.mark('a', { detail: { x: 1 } }); performance.mark('b'); performance.measure('m', 'a', 'b'); console.log(performance.getEntries().map(({ name }) => name).filter((name) => name.length === 1)); performance.clearMarks(); console.log(performance.getEntriesByType('mark').length, PerformanceObserver.supportedEntryTypes.join());
    try { performance.measure('x', 'no such mark'); } catch (error) { console.log(error.message); }`,
  'marks in beforeExit': `let n = 0; process.on('beforeExit', () => { performance.mark('late'); globalThis.gc?.(); console.log('before exit', ++n); }); process.on('exit', () => console.log('exit'));`,
  modules: `const Module = require('module'); console.log(module, module.loaded, Object.keys(module).join()); setTimeout(() => console.log(module.loaded, Object.getOwnPropertyDescriptor(module, 'loaded'), Object.keys(module).join()), 1);
    const fs = require('fs'); fs.writeFileSync(__dirname + '/a.cjs', "module.exports = [module.loaded, module.parent.loaded, Object.keys(module).join()]; exports.b = require('./b.cjs');"); fs.writeFileSync(__dirname + '/b.cjs', "throw new Error('b')"); fs.writeFileSync(__dirname + '/c.json', '{"c":1}');
    try { require('./a.cjs'); } catch (error) { console.log(error.stack, Object.keys(require.cache).length); } console.log(require('./c.json'), Module.prototype.load.length, typeof Module.prototype.load);
    const load = Module.prototype.load; Module.prototype.load = function (file) { console.log('my load', require('path').basename(file)); return load.call(this, file); }; fs.writeFileSync(__dirname + '/d.cjs', 'module.exports = 4'); console.log(require('./d.cjs'));`,
  'an uncaught error of a module': `require('fs').writeFileSync(__dirname + '/a.cjs', "function deep() { throw new TypeError('deep'); }\\ndeep();"); require('./a.cjs');`,
  'a syntax error': 'const a = ;',
  warnings: `process.on('warning', (warning) => console.log(warning.name, warning.code, process.listenerCount('warning'))); process.emitWarning('one', { type: 'Odd', code: 'X1' }); process.emitWarning(new Error('two')); new (require('events'))().setMaxListeners(0);`,
  'its own stack traces': `Error.prepareStackTrace = (error, sites) => sites.map((site) => [site.getFunctionName(), site.getLineNumber()]); setTimeout(() => console.log(JSON.stringify(new Error('x').stack)), 1); require('fs').stat(__filename, () => console.log(JSON.stringify(new Error('x').stack)));`,
  'replaced builtins': `Map.prototype.get = () => { throw new Error('mine'); }; Promise.prototype.then = () => { throw new Error('mine'); }; globalThis.setTimeout = undefined; JSON.stringify = () => 'mine';
    setImmediate(() => process.stdout.write('immediate\\n')); setInterval(function () { process.stdout.write('turn\\n'); clearInterval(this); }, 1); require('fs').access(__filename, () => process.stdout.write('access\\n'));`,
  'order of what is due': `const fs = require('fs'); const order = []; const say = (name) => () => order.push(name); setTimeout(say('timeout'), 0); process.nextTick(say('tick')); Promise.resolve().then(say('micro 1')).then(say('micro 2')).then(say('micro 3'));
    queueMicrotask(say('queued')); (async () => { await null; say('await 1')(); await null; say('await 2')(); })(); setTimeout(() => console.log(order.join()), 30);`,
};

describe.each(nodeVersions())('$title', ({ path: node, major }) => {
  it('finds every function as it is', async () => {
    const script = writeScript(collector, { 'script.cjs': FACTS });
    const nothing = await runTarget(collector, script, { node });
    const traced = await runTarget(collector, script, { node, options: { capture: CAPTURE } });
    expect(traced).toEqual(nothing);
  });

  it.each(Object.keys(SCRIPTS))('leaves as they are: %s', async (name) => {
    const { plain, traced } = await both(SCRIPTS[name] as string, { node });
    expect(plain.stdout + plain.stderr).not.toBe('');
    expect(traced).toEqual(plain);
  });

  it.each([['--frozen-intrinsics'], ['--enable-source-maps'], ['--disable-proto=delete'], ['--pending-deprecation'], ['--stack-trace-limit=3'], ['--jitless']])(
    'is the same with %s',
    async (flag) => {
      const code = `setTimeout(() => console.log('timer', new Error('x').stack), 1); require('fs').readFile(__filename, () => console.log('file')); require('fs').promises.readFile(__filename).then(() => console.log('promise'));
        performance.mark('a'); new (require('worker_threads').Worker)('require("worker_threads").parentPort.postMessage(1)', { eval: true }).on('message', (message) => console.log(message));`;
      const { plain, traced } = await both(code, { node, flags: [flag] });
      expect(traced).toEqual(plain);
    },
  );

  it('is the same with every promise recorded', async () => {
    const code = SCRIPTS['order of what is due'] as string;
    const { plain, traced } = await both(code, { node }, { ...CAPTURE, asyncHooks: true });
    expect(traced).toEqual(plain);
  });

  it('is the same in an ES module', async () => {
    const code = `import { setTimeout as later } from 'node:timers/promises'; import fs, { readFile, promises } from 'node:fs'; import timers from 'node:timers'; import * as all from 'node:fs';
console.log(readFile === fs.readFile, all.readFile === fs.readFile, promises === fs.promises, timers.setTimeout === setTimeout, import.meta.filename === undefined);
await later(1); console.log(new Error('x').stack.split('\\n', 2).join()); readFile('/nope', (error) => console.log(error.stack)); await promises.readFile('/nope').catch((error) => console.log(error.stack)); await import('./missing.mjs').catch((error) => console.log(error.code));`;
    const { plain, traced } = await both(code, { node }, CAPTURE, 'script.mjs');
    expect(traced).toEqual(plain);
    expect(major).toBeGreaterThanOrEqual(20);
  });
});
