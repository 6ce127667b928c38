/** What a utility process of the stand-in finds: `process.parentPort`, and ports that main passed to it. Loaded by register.ts. */
import { EventEmitter } from 'node:events';
import type { Frame, PortId } from '../shared/frames.ts';

const toMain = (frame: Frame): void => {
  // Main may end while a message is under way; this process then ends as well.
  if (process.connected) process.send?.(frame, undefined, {}, () => {});
};

class UtilityPort extends EventEmitter {
  readonly #id: PortId;
  readonly #queue: unknown[] = [];
  #started = false;
  constructor(id: PortId) {
    super();
    this.#id = id;
    ports.set(id, this);
  }
  postMessage(data: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new Error('stand-in: passing a port out of a utility process is not implemented');
    if (ports.has(this.#id)) toMain({ kind: 'port-message', port: this.#id, data: structuredClone(data), ports: [] });
  }
  start(): void {
    this.#started = true;
    for (const message of this.#queue.splice(0)) this.emit('message', message);
  }
  close(): void {
    if (!ports.delete(this.#id)) return;
    toMain({ kind: 'port-close', port: this.#id });
    this.emit('close');
  }
  deliver(message: unknown): void {
    if (this.#started) this.emit('message', message);
    else this.#queue.push(message);
  }
}

const ports = new Map<PortId, UtilityPort>();
const bring = (ids: readonly PortId[]) => ids.map((id) => new UtilityPort(id));

class ParentPort extends EventEmitter {
  postMessage(data: unknown): void {
    toMain({ kind: 'parent', data, ports: [] });
  }
}
const parentPort = new ParentPort();
Object.assign(process, { parentPort, type: 'utility' });

const early: Frame[] = [];
process.on('message', (frame: Frame) => {
  // Electron keeps messages until somebody listens.
  if (frame.kind === 'parent' && parentPort.listenerCount('message') === 0) early.push(frame);
  else receive(frame);
});
parentPort.on('newListener', (event) => {
  if (event === 'message') setImmediate(() => early.splice(0).forEach(receive));
});
// A utility process ends with the process that made it.
process.on('disconnect', () => process.exit(0));

function receive(frame: Frame): void {
  switch (frame.kind) {
    case 'parent':
      parentPort.emit('message', { data: frame.data, ports: bring(frame.ports) });
      return;
    case 'port-message':
      ports.get(frame.port)?.deliver({ data: frame.data, ports: bring(frame.ports) });
      return;
    case 'port-close': {
      const port = ports.get(frame.port);
      if (ports.delete(frame.port)) port?.emit('close');
      return;
    }
    default:
      throw new Error(`stand-in: a utility process got a frame of kind ${frame.kind}`);
  }
}
