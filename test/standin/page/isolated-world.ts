/**
 * What a sandboxed preload script finds: `require` with Electron's short list, ipcRenderer, contextBridge, webUtils, and ports.
 * Runs in an isolated world of the page, before the preload script, which web-contents.ts puts behind it.
 */
import type { Frame, PageSetup, PortId } from '../shared/frames.ts';
import { notImplemented } from '../shared/not-implemented.ts';
import { decodeValue, encodeValue } from '../shared/value-codec.ts';
import { BridgeEnd } from './bridge-values.ts';

declare const __STANDIN_SETUP__: PageSetup;
const setup = __STANDIN_SETUP__;

// ---- connection to main

const socket = new WebSocket(new URL(setup.socketPath, location.origin.replace(/^http/, 'ws')));
socket.binaryType = 'arraybuffer';
const waitingToSend: Uint8Array<ArrayBuffer>[] = [];
socket.onopen = () => {
  for (const bytes of waitingToSend.splice(0)) socket.send(bytes);
};
socket.onmessage = (event) => receive(decodeValue(new Uint8Array(event.data as ArrayBuffer)) as Frame);
addEventListener('pagehide', () => socket.close());

function send(frame: Frame): void {
  const bytes = encodeValue(frame);
  if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
  else if (socket.readyState === WebSocket.CONNECTING) waitingToSend.push(bytes);
}

function receive(frame: Frame): void {
  switch (frame.kind) {
    case 'port-message':
      ports.get(frame.port)?.postMessage(frame.data, frame.ports.map(bringPort));
      return;
    case 'port-close':
      ports.get(frame.port)?.close();
      ports.delete(frame.port);
      return;
    case 'ipc':
      emit(frame.channel, { sender: ipcRenderer, senderId: 0, ports: frame.ports.map(bringPort) }, frame.args);
      return;
    case 'answer':
      takeInvoke(frame.id)?.resolve(frame.value);
      return;
    case 'refusal': {
      const invoke = takeInvoke(frame.id);
      invoke?.reject(new Error(`Error invoking remote method '${invoke.channel}': ${frame.error}`));
      return;
    }
    default:
      throw new Error(`stand-in: a page got a frame of kind ${frame.kind}`);
  }
}

document.addEventListener(`${setup.bridge}:open`, (event) => send({ kind: 'window-open', url: String((event as CustomEvent).detail) }));

// ---- ports: this end of a DOM MessageChannel is glued to main's switchboard, the other end is the page's to pass on

const ports = new Map<PortId, MessagePort>();

function bringPort(id: PortId): MessagePort {
  const { port1, port2 } = new MessageChannel();
  ports.set(id, port1);
  port1.onmessage = (event) => {
    if (event.ports.length > 0) throw new Error('stand-in: passing a port from a page through a port is not implemented');
    send({ kind: 'port-message', port: id, data: event.data, ports: [] });
  };
  port1.addEventListener('close', () => {
    if (ports.delete(id)) send({ kind: 'port-close', port: id });
  });
  return port2;
}

// ---- ipcRenderer

type Listener = (event: unknown, ...args: unknown[]) => void;
const listeners = new Map<string, { readonly listener: Listener; readonly once: boolean }[]>();
const invokes = new Map<number, { channel: string; resolve: (value: unknown) => void; reject: (error: Error) => void }>();
let nextInvoke = 1;

function takeInvoke(id: number) {
  const invoke = invokes.get(id);
  invokes.delete(id);
  return invoke;
}

function emit(channel: string, event: unknown, args: readonly unknown[]): void {
  for (const entry of [...(listeners.get(channel) ?? [])]) {
    if (entry.once) ipcRenderer.off(channel, entry.listener);
    entry.listener(event, ...args);
  }
}

const ipcRenderer = {
  on(channel: string, listener: Listener) {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, once: false }]);
    return ipcRenderer;
  },
  once(channel: string, listener: Listener) {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, once: true }]);
    return ipcRenderer;
  },
  off(channel: string, listener: Listener) {
    listeners.set(
      channel,
      (listeners.get(channel) ?? []).filter((entry) => entry.listener !== listener),
    );
    return ipcRenderer;
  },
  removeListener: (channel: string, listener: Listener) => ipcRenderer.off(channel, listener),
  removeAllListeners(channel: string) {
    listeners.delete(channel);
    return ipcRenderer;
  },
  send(channel: string, ...args: unknown[]) {
    send({ kind: 'ipc', channel, args, ports: [] });
  },
  invoke(channel: string, ...args: unknown[]) {
    const id = nextInvoke++;
    return new Promise((resolve, reject) => {
      send({ kind: 'invoke', id, channel, args });
      invokes.set(id, { channel, resolve, reject });
    });
  },
};

// ---- the other modules of a sandboxed preload

const bridge = new BridgeEnd(`${setup.bridge}:to-page`, `${setup.bridge}:to-isolated`);
const contextBridge = { exposeInMainWorld: (name: string, api: unknown) => bridge.expose(name, api) };
const webUtils = { getPathForFile: (file: File) => setup.filePaths[`${file.name}:${file.size}`] ?? '' };

const electron = notImplemented('electron', {
  ipcRenderer: notImplemented('ipcRenderer', ipcRenderer),
  contextBridge: notImplemented('contextBridge', contextBridge),
  webUtils: notImplemented('webUtils', webUtils),
});
const modules: Readonly<Record<string, unknown>> = {
  electron,
  'electron/renderer': electron,
  timers: { setTimeout, setInterval, clearTimeout, clearInterval },
  url: { URL, URLSearchParams },
};

function sandboxedRequire(name: string): unknown {
  const bare = name.replace(/^node:/, '');
  if (Object.hasOwn(modules, bare)) return modules[bare];
  throw new Error(`module not found: ${name}`);
}

const sandboxedProcess = Object.freeze({
  platform: setup.platform,
  arch: setup.arch,
  versions: setup.versions,
  argv: setup.additionalArguments,
  env: {},
  type: 'renderer',
  sandboxed: true,
  contextIsolated: true,
  isMainFrame: true,
});

Object.assign(globalThis, { __standinRequire: sandboxedRequire, __standinProcess: sandboxedProcess });
