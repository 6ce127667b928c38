/**
 * MessageChannelMain, and the switchboard that carries messages between ports wherever they live: in main, in a page or in a
 * utility process. Ports are made in main and travel outwards only; that is all the studio does with them.
 */
import type { Frame, PortId } from '../shared/frames.ts';
import { decodeValue, encodeValue } from '../shared/value-codec.ts';
import { GuardedEmitter } from './guarded-emitter.ts';

/** A page or a utility process. */
export interface Connection {
  send(frame: Frame): void;
}

type Home =
  | { readonly at: 'main'; readonly port: MessagePortMain }
  | { readonly at: 'remote'; readonly connection: Connection }
  /** Passed on, but the message that carries it has not left yet. */
  | { readonly at: 'travelling'; readonly waiting: unknown[]; closed: boolean };

interface End {
  readonly peer: PortId;
  home: Home;
}

const ends = new Map<PortId, End>();
let nextPort = 1;

function deliver(to: PortId, data: unknown): void {
  const end = ends.get(to);
  if (!end) return;
  if (end.home.at === 'main') end.home.port.standin.deliver(data);
  else if (end.home.at === 'remote') end.home.connection.send({ kind: 'port-message', port: to, data, ports: [] });
  else end.home.waiting.push(data);
}

function closeEnd(id: PortId): void {
  const end = ends.get(id);
  const peer = end && ends.get(end.peer);
  ends.delete(id);
  if (!end || !peer) return;
  if (peer.home.at === 'travelling') {
    peer.home.closed = true;
    return;
  }
  ends.delete(end.peer);
  if (peer.home.at === 'main') peer.home.port.standin.closedByPeer();
  else peer.home.connection.send({ kind: 'port-close', port: end.peer });
}

/** A frame about ports that came from a page or a utility process. */
export function receivePortFrame(frame: Extract<Frame, { kind: 'port-message' | 'port-close' }>): void {
  if (frame.kind === 'port-close') {
    closeEnd(frame.port);
    return;
  }
  const from = ends.get(frame.port);
  if (from) deliver(from.peer, frame.data);
}

/** The message that carries these ports went out to `connection`: their waiting messages follow it. */
export function portsArrived(ids: readonly PortId[], connection: Connection): void {
  for (const id of ids) {
    const end = ends.get(id);
    if (end?.home.at !== 'travelling') continue;
    const { waiting, closed } = end.home;
    end.home = { at: 'remote', connection };
    for (const data of waiting) deliver(id, data);
    if (!closed) continue;
    ends.delete(id);
    connection.send({ kind: 'port-close', port: id });
  }
}

/** A page went away or a utility process ended: every port that lived there is closed. */
export function connectionLost(connection: Connection): void {
  for (const [id, end] of [...ends]) if (end.home.at === 'remote' && end.home.connection === connection) closeEnd(id);
}

/** Takes ports out of main to travel in a message. Refuses what Electron refuses, in its words. */
export function takePorts(transfer: readonly unknown[] | undefined, source?: MessagePortMain): PortId[] {
  return (transfer ?? []).map((port, index) => {
    if (!(port instanceof MessagePortMain)) throw new TypeError(`Port at index ${index} is not a valid port`);
    if (port === source) throw new Error(`Port at index ${index} contains the source port.`);
    const { id, waiting, usable } = port.standin.leave();
    if (!usable) throw new Error(`Port at index ${index} is already neutered.`);
    const end = ends.get(id);
    if (end) end.home = { at: 'travelling', waiting, closed: false };
    return id;
  });
}

/** Copies as the wire would, and throws as Electron does where a value cannot be cloned. */
export const cloneValue = (value: unknown): unknown => decodeValue(encodeValue(value));

export class MessagePortMain extends GuardedEmitter {
  readonly #id: PortId;
  readonly #waiting: unknown[] = [];
  #started = false;
  #draining = false;
  #state: 'open' | 'peer-closed' | 'closed' | 'passed-on' = 'open';

  constructor(id: PortId) {
    super();
    this.#id = id;
  }

  postMessage(message: unknown, transfer?: readonly unknown[]): void {
    if (takePorts(transfer, this).length > 0) throw new Error('stand-in: passing a port through a port is not implemented');
    const data = cloneValue(message);
    const end = ends.get(this.#id);
    if (this.#state === 'open' && end) deliver(end.peer, data);
  }

  start(): void {
    this.#started = true;
    this.#drainSoon();
  }

  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    closeEnd(this.#id);
    this.emit('close');
  }

  readonly standin = {
    deliver: (data: unknown): void => {
      this.#waiting.push(data);
      this.#drainSoon();
    },
    closedByPeer: (): void => {
      this.#state = 'peer-closed';
      this.#drainSoon();
    },
    leave: (): { id: PortId; waiting: unknown[]; usable: boolean } => {
      const usable = this.#state === 'open';
      this.#state = 'passed-on';
      return { id: this.#id, waiting: this.#waiting.splice(0), usable };
    },
  };

  #drainSoon(): void {
    if (this.#draining || (!this.#started && this.#state !== 'peer-closed')) return;
    this.#draining = true;
    setImmediate(() => {
      this.#draining = false;
      if (this.#started) for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
      if (this.#state === 'peer-closed') {
        this.#state = 'closed';
        this.emit('close');
      }
    });
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;
  constructor() {
    const first = nextPort++;
    const second = nextPort++;
    this.port1 = new MessagePortMain(first);
    this.port2 = new MessagePortMain(second);
    ends.set(first, { peer: second, home: { at: 'main', port: this.port1 } });
    ends.set(second, { peer: first, home: { at: 'main', port: this.port2 } });
  }
}
