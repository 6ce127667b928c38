import { writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { BroadcastChannel, parentPort, receiveMessageOnPort } from 'node:worker_threads';
import type { PluginState } from '../protocol/plugins.ts';
import {
  type ChildNotice,
  encodeFrameHeader,
  FRAME_HEADER_BYTES,
  FrameType,
  type FunctionRule,
  type LeftAlone,
  MAX_FRAME_BYTES,
  type TargetControl,
} from '../protocol/target-wire.ts';
import { callCapture } from './calls/call-capture.ts';
import { FunctionMutes } from './calls/function-mutes.ts';
import { EventCopy } from './event-copy.ts';
import { jsonFrame } from './frames.ts';
import { DRAIN_CHANNEL, type DrainMessage, type DrainStart, DrainState, ProcessWord, Request } from './ring-layout.ts';
import { RingReader } from './ring-reader.ts';
import { writeSpill } from './spill.ts';

// In every supported Node, and not in the library of ES2023.
const { waitAsync } = Atomics as typeof Atomics & {
  waitAsync(array: Int32Array, index: number, value: number, timeoutMs: number): { async: false; value: string } | { async: true; value: Promise<string> };
};

/** Records wait no longer than this while something happens. */
const WAKE_MS = 2;
/** After so many wake-ups without work, */
const IDLE_WAKES = 2;
/** the drain sleeps longer, or until the next record wakes it: an idle process pays next to nothing, and its next record is not late. */
const IDLE_WAKE_MS = 10;
const CONNECT_RETRY_MS = 20;
const CONNECT_LIMIT_MS = 10_000;
const STATS_INTERVAL_MS = 100;
/** A collector that has taken nothing for so long has stalled. */
const STALLED_MS = 5000;
/** As many files a process tells of whose calls cannot be recorded. */
const MAX_LEFT_ALONE = 1000;

const hrtime = process.hrtime.bigint;

/**
 * Reads the rings and writes frames. At most one frame of each thread is under way: the ring is the buffer, and a slow
 * collector holds back the thread, not the memory.
 */
export class Drain {
  readonly #start: DrainStart;
  readonly #process: Int32Array;
  readonly #readers = new Map<number, RingReader>();
  /** Node does not use a thread's number twice, and a thread may be told of twice. */
  readonly #known = new Set<number>();
  readonly #channel = new BroadcastChannel(DRAIN_CHANNEL);
  readonly #began = performance.now();
  #socket: Socket | undefined;
  #received = Buffer.alloc(0);
  #keepAlive: ReturnType<typeof setInterval> | undefined;
  #idle = 0;
  #statsAt = 0;
  #finishing = false;
  /** Where each ring stood when the process asked for all that is in them. */
  #targets: Map<RingReader, number> | undefined;
  /** The request that they are of. */
  #asked: number = Request.NONE;
  #errors: string[] = [];
  /** One line on stderr, and no second one. */
  #complained = false;
  /** The collector has switched recording off: then its end is no surprise. */
  #stopped = false;
  #children: ChildNotice[] = [];
  readonly #plugins = new Map<number, PluginState>();
  /** Of them, those whose last state has not been sent. */
  readonly #changedPlugins = new Set<number>();
  readonly #copy: EventCopy;
  readonly #mutes = new FunctionMutes();
  readonly #leftAlone: LeftAlone[] = [];
  #leftAloneSent = 0;
  #captureTold = '';

  constructor(start: DrainStart) {
    this.#start = start;
    this.#process = new Int32Array(start.process);
    this.#copy = new EventCopy(start.copyFile, start.hello, this.#process);
  }

  run(): void {
    this.#channel.onmessage = (event: unknown) => this.#take((event as { data: DrainMessage }).data);
    parentPort?.on('message', (message: DrainMessage) => this.#take(message));
    this.#take(this.#start.ring);
    const before = Atomics.compareExchange(this.#process, ProcessWord.STATE, DrainState.STARTING, DrainState.CONNECTING);
    if (before !== DrainState.STARTING) return;
    Atomics.notify(this.#process, ProcessWord.STATE);
    // A pending Atomics.waitAsync alone does not keep a worker alive.
    this.#keepAlive = setInterval(() => {}, 0x7fffffff);
    this.#connect();
    this.#sleep();
  }

  #take(message: DrainMessage): void {
    if (message.kind === 'ring') {
      if (this.#known.has(message.thread)) return;
      this.#known.add(message.thread);
      this.#readers.set(message.thread, new RingReader(message, this.#start.minDurationNs));
    } else if (message.kind === 'ended') {
      const reader = this.#readers.get(message.thread);
      if (reader) reader.ended = true;
    } else if (message.kind === 'plugin') {
      this.#plugins.set(message.state.index, message.state);
      this.#changedPlugins.add(message.state.index);
    } else if (message.kind === 'child') this.#children.push(message.notice);
    else if (message.kind === 'left-alone') {
      if (this.#leftAlone.length < MAX_LEFT_ALONE) this.#leftAlone.push({ file: message.file, reason: message.reason });
    } else this.#errors.push(message.message);
  }

  #connect(): void {
    const socket = connect(this.#start.socket);
    socket.once('connect', () => {
      this.#socket = socket;
      socket.write(this.#start.hello);
      this.#setState(DrainState.CONNECTED);
      this.#pass();
    });
    socket.on('data', (bytes) => this.#control(bytes));
    socket.on('error', () => {}); // 'close' follows.
    socket.on('close', () => {
      const late = performance.now() - this.#began > CONNECT_LIMIT_MS;
      if (this.#socket && !this.#stopped) this.#complain('The studio is gone. The script goes on, and is not recorded any more.');
      if (this.#socket || late) this.#giveUp();
      else {
        setTimeout(() => this.#connect(), CONNECT_RETRY_MS);
        this.#answerRequest();
      }
    });
  }

  /** Nobody listens: recording is switched off, so that the script goes on at full speed, and this thread ends. */
  #giveUp(): void {
    Atomics.store(this.#process, ProcessWord.GATE, 0);
    this.#setState(DrainState.GONE);
    Atomics.store(this.#process, ProcessWord.DONE, Request.SPILL);
    Atomics.notify(this.#process, ProcessWord.DONE);
    this.#readers.clear();
    this.#copy.close();
    clearInterval(this.#keepAlive);
    this.#channel.close();
    parentPort?.close();
  }

  /** On stderr of the script, whose user may be looking there. Children say nothing: they would all say the same. */
  #complain(text: string): void {
    if (this.#complained || this.#finishing || !this.#start.complains) return;
    this.#complained = true;
    try {
      writeSync(2, `trace-studio: ${text}\n`);
    } catch {
      // Closed, or full: the script's own output is in the way, and is more important.
    }
  }

  #setState(state: number): void {
    Atomics.store(this.#process, ProcessWord.STATE, state);
    Atomics.notify(this.#process, ProcessWord.STATE);
  }

  get #abrupt(): boolean {
    return Atomics.load(this.#process, ProcessWord.ABRUPT) === 1;
  }

  get #gone(): boolean {
    return Atomics.load(this.#process, ProcessWord.STATE) === DrainState.GONE;
  }

  #sleep(): void {
    const dozes = this.#idle >= IDLE_WAKES;
    const nap = dozes ? IDLE_WAKE_MS : WAKE_MS;
    Atomics.store(this.#process, ProcessWord.DOZES, dozes ? 1 : 0);
    const result = waitAsync(this.#process, ProcessWord.BELL, 0, nap);
    if (result.async) result.value.then(() => this.#wake());
    else setTimeout(() => this.#wake(), nap);
  }

  #wake(): void {
    if (this.#gone) return;
    this.#pass();
    this.#sleep();
  }

  #pass(): void {
    const socket = this.#socket;
    this.#idle++;
    this.#copy.look(this.#readers.values());
    if (socket) {
      for (const reader of this.#readers.values()) this.#send(socket, reader);
      this.#sendStats(socket, false);
      this.#sendPlugins(socket);
      this.#sendChildren(socket);
      for (const message of this.#errors.splice(0)) socket.write(jsonFrame(FrameType.TRACER_ERROR, 0, { message }));
    }
    this.#answerRequest();
  }

  #send(socket: Socket, reader: RingReader): void {
    if (this.#finishing) return;
    if (reader.busy) {
      const stalled = performance.now() - reader.busySince > STALLED_MS;
      if (stalled) this.#complain('The studio has taken nothing for 5 s. The script goes on; what does not fit into the buffer is dropped, and counted.');
      return;
    }
    const over = reader.ended || reader.saysEnded;
    const next = reader.next();
    const { thread } = reader.hello;
    if (!reader.greeted) {
      reader.greeted = true;
      socket.write(jsonFrame(FrameType.THREAD, thread, reader.hello));
    }
    const held = reader.shortCalls?.look(hrtime());
    if (next.data.units + next.definitions.units + (held?.length ?? 0) === 0) {
      // What the thread wrote before it ended was looked for after that was known.
      if (over) this.#end(socket, reader);
      return;
    }
    this.#idle = 0;
    if (reader.functions && next.definitions.units > 0) this.#mutes.take(thread, reader.functions, Buffer.concat(next.definitions.pieces));
    const data = held && reader.shortCalls ? [held, reader.shortCalls.push(next.data.pieces)] : next.data.pieces;
    const dataBytes = data.reduce((sum, { length }) => sum + length, 0);
    reader.busy = true;
    reader.busySince = performance.now();
    socket.cork();
    const queue: Uint8Array[] = [];
    if (next.definitions.units > 0) queue.push(encodeFrameHeader(next.definitions.bytes, FrameType.DEFS, thread), ...next.definitions.pieces);
    if (dataBytes > 0) queue.push(encodeFrameHeader(dataBytes, FrameType.DATA, thread), ...data);
    const last = queue.pop() ?? Buffer.alloc(0); // All of it was too short: only the receipt is wanted.
    for (const piece of queue) socket.write(piece);
    socket.write(last, (error) => {
      if (error) return; // 'close' follows: nothing of this counts as sent.
      reader.busy = false;
      this.#copy.look(this.#readers.values());
      this.#copy.take(reader, next.data, next.definitions);
      reader.confirm(next);
      if (!this.#gone) this.#send(socket, reader);
      this.#answerRequest();
    });
    socket.uncork();
  }

  #end(socket: Socket, reader: RingReader): void {
    this.#sendHeld(socket, reader);
    const stats = reader.changedStats();
    if (stats) socket.write(jsonFrame(FrameType.STATS, stats.thread, stats));
    socket.write(encodeFrameHeader(0, FrameType.THREAD_END, reader.hello.thread));
    this.#readers.delete(reader.hello.thread);
  }

  #sendStats(socket: Socket, last: boolean): void {
    const now = performance.now();
    if (!last && now - this.#statsAt < STATS_INTERVAL_MS) return;
    this.#statsAt = now;
    this.#sendCapture(socket);
    for (const reader of this.#readers.values()) {
      const stats = reader.changedStats();
      if (stats) socket.write(jsonFrame(FrameType.STATS, stats.thread, stats));
    }
  }

  /** Calls that might have been too short, of a thread that says nothing more. */
  #sendHeld(socket: Socket, reader: RingReader): void {
    const held = reader.shortCalls?.end();
    if (held && held.length > 0) socket.write(Buffer.concat([encodeFrameHeader(held.length, FrameType.DATA, reader.hello.thread), held]));
  }

  #sendCapture(socket: Socket): void {
    const capture = callCapture(this.#process, this.#mutes.count);
    const told = JSON.stringify(capture ?? '');
    if (capture && told !== this.#captureTold) socket.write(jsonFrame(FrameType.CAPTURE, 0, capture));
    this.#captureTold = told;
    for (; this.#leftAloneSent < this.#leftAlone.length; this.#leftAloneSent++) {
      socket.write(jsonFrame(FrameType.LEFT_ALONE, 0, this.#leftAlone[this.#leftAloneSent]));
    }
  }

  #sendPlugins(socket: Socket): void {
    for (const index of this.#changedPlugins) socket.write(jsonFrame(FrameType.PLUGIN, 0, this.#plugins.get(index)));
    this.#changedPlugins.clear();
  }

  #sendChildren(socket: Socket): void {
    for (const notice of this.#children.splice(0)) socket.write(jsonFrame(FrameType.CHILD, 0, notice));
  }

  #control(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= FRAME_HEADER_BYTES) {
      const length = this.#received.readUInt32LE(0);
      if (length > MAX_FRAME_BYTES) {
        this.#socket?.destroy();
        return;
      }
      if (this.#received.length < FRAME_HEADER_BYTES + length) return;
      if (this.#received[4] === FrameType.CONTROL) this.#obey(this.#received.toString('utf8', FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + length));
      this.#received = this.#received.subarray(FRAME_HEADER_BYTES + length);
    }
  }

  #obey(json: string): void {
    let control: TargetControl;
    try {
      control = JSON.parse(json) as TargetControl;
    } catch {
      this.#errors.push('The collector sent a control frame that is not JSON.');
      return;
    }
    if (control.command === 'mute') {
      this.#mute(control.functions, control.muted);
      return;
    }
    if (control.command !== 'start' && control.command !== 'stop') return;
    this.#stopped = control.command === 'stop';
    Atomics.store(this.#process, ProcessWord.GATE, control.command === 'start' ? 1 : 0);
    Atomics.add(this.#process, ProcessWord.GENERATION, 1);
  }

  #mute(functions: unknown, muted: unknown): void {
    const isRule = (rule: Partial<FunctionRule> | null): boolean =>
      typeof rule === 'object' &&
      typeof rule?.file === 'string' &&
      ['string', 'undefined'].includes(typeof rule.name) &&
      ['number', 'undefined'].includes(typeof rule.line);
    if (Array.isArray(functions) && functions.every(isRule)) {
      Atomics.add(this.#process, ProcessWord.MUTE_RULES, functions.length);
      this.#mutes.set(functions as FunctionRule[], muted === true);
    } else this.#errors.push('The collector sent a control frame that does not say which functions are meant.');
  }

  /** What the ending process asks for, once it can be said to be done. */
  #answerRequest(): void {
    const request = Atomics.load(this.#process, ProcessWord.REQUEST);
    if (request === Request.NONE || this.#finishing) return;
    // The ending thread waits, and what it posted before may not have come up yet.
    for (let next = this.#nextMessage(); next; next = this.#nextMessage()) this.#take(next.message);
    if (request === Request.SPILL || (request === Request.FLUSH && !this.#socket)) {
      this.#spill();
      return;
    }
    if (!this.#socket) return;
    if (this.#asked !== request) this.#targets = undefined;
    this.#asked = request;
    this.#targets ??= new Map([...this.#readers.values()].map((reader) => [reader, reader.written]));
    for (const [reader, target] of this.#targets) if (((reader.read - target) | 0) < 0) return;
    if (request === Request.SYNC) {
      this.#targets = undefined;
      this.#asked = Request.NONE;
      // Unless the process has asked for something else meanwhile.
      Atomics.compareExchange(this.#process, ProcessWord.REQUEST, Request.SYNC, Request.NONE);
      Atomics.notify(this.#process, ProcessWord.REQUEST);
      return;
    }
    this.#finishing = true;
    const socket = this.#socket;
    for (const reader of this.#readers.values()) this.#sendHeld(socket, reader);
    this.#sendStats(socket, true);
    this.#sendPlugins(socket);
    this.#sendChildren(socket);
    socket.write(this.#abrupt ? Buffer.alloc(0) : jsonFrame(FrameType.BYE, 0, {}), (error) => {
      if (!error) this.#done(Request.FLUSH);
    });
  }

  #nextMessage(): { readonly message: DrainMessage } | undefined {
    return parentPort ? (receiveMessageOnPort(parentPort) as { message: DrainMessage } | undefined) : undefined;
  }

  #done(request: number): void {
    Atomics.store(this.#process, ProcessWord.DONE, request);
    Atomics.notify(this.#process, ProcessWord.DONE);
  }

  #spill(): void {
    this.#finishing = true;
    writeSpill(this.#start.spillFile, this.#start.hello, [...this.#readers.values()], {
      plugins: this.#plugins.values(),
      children: this.#children,
      capture: callCapture(this.#process, this.#mutes.count),
      leftAlone: this.#leftAlone,
      abrupt: this.#abrupt,
    });
    this.#done(Request.SPILL);
  }
}
