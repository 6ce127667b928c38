// A Chromium spoken to over raw CDP, without the Network domain: a test driver's mirror of every WebSocket frame
// costs 2 to 4 times, and would be what is measured.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import WebSocket from 'ws';
import { findOrInstallChromium } from '../helpers/find-chromium.mjs';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--remote-debugging-port=0',
  '--window-size=1600,1000',
];

export async function openBrowser(url) {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-bench-'));
  const child = spawn(await findOrInstallChromium(), [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const endpoint = await new Promise((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
      const found = /DevTools listening on (ws:\/\/\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    child.on('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${text.slice(-500)}`)));
  });
  const socket = new WebSocket(endpoint, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const answers = new Map();
  const workers = [];
  let nextId = 1;
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    if (message.method === 'Target.attachedToTarget' && message.params.targetInfo.type === 'worker') workers.push(message.params.sessionId);
    const answer = answers.get(message.id);
    if (!answer) return;
    answers.delete(message.id);
    if (message.error) answer.reject(new Error(message.error.message));
    else answer.resolve(message.result);
  });
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      answers.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  const { targetInfos } = await send('Target.getTargets');
  const { sessionId } = await send('Target.attachToTarget', { targetId: targetInfos.find((target) => target.type === 'page').targetId, flatten: true });
  await send('Page.enable', {}, sessionId);
  await send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }, sessionId);
  await send('Emulation.setDeviceMetricsOverride', { width: 1600, height: 1000, deviceScaleFactor: 1, mobile: false }, sessionId);
  const navigate = (to) => send('Page.navigate', { url: to }, sessionId);
  await navigate(url);

  /** Runs an expression (or an async function's text) in the page and returns its JSON value. */
  async function evaluate(expression) {
    const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
  async function waitFor(expression, what, timeoutMs = 30_000) {
    const ends = Date.now() + timeoutMs;
    while (!(await evaluate(`Boolean(${expression})`).catch(() => false))) {
      if (Date.now() > ends) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  /** Frees what nobody holds any more, in the page and in its workers: their memory then tells what is held. */
  async function collectGarbage() {
    for (const session of [sessionId, ...workers]) await send('HeapProfiler.collectGarbage', {}, session);
  }
  /** MB of objects and buffers that the page and each of its workers hold. */
  async function heaps() {
    const all = [];
    for (const session of [sessionId, ...workers]) {
      const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await send('Runtime.getHeapUsage', {}, session);
      all.push({ isWorker: session !== sessionId, mb: (usedSize + embedderHeapUsedSize + backingStorageSize) / 2 ** 20 });
    }
    return all;
  }
  /** The left mouse button is pressed at one place, moved to another and let go, as the system tells the browser of it. */
  async function drag(from, to) {
    const tell = (type, place) => send('Input.dispatchMouseEvent', { type, ...place, button: 'left', buttons: 1, clickCount: 1 }, sessionId);
    await tell('mousePressed', from);
    await tell('mouseMoved', { x: (from.x + to.x) / 2, y: to.y });
    await tell('mouseMoved', to);
    await tell('mouseReleased', to);
  }
  async function close() {
    socket.close();
    child.kill('SIGKILL');
    await new Promise((resolve) => (child.exitCode !== null || child.signalCode ? resolve() : child.once('exit', resolve)));
    // Its helper processes may still be writing into the profile for a moment; what is left then lies in the system's temporary folder.
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    } catch {}
  }
  return { navigate, evaluate, waitFor, collectGarbage, heaps, drag, close, pid: child.pid };
}
