import { writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { BroadcastChannel, parentPort, receiveMessageOnPort } from 'node:worker_threads';
import type { PluginState } from '../protocol/plugins.ts';
import { SAMPLED_THREADS } from '../protocol/sampling.ts';
import {
  type ChildNotice,
  encodeFrameHeader,
  FRAME_HEADER_BYTES,
  FrameType,
  type FunctionRule,
  type LeftAlone,
  MAX_FRAME_BYTES,
  type TargetControl,
  type TargetGate,
  type TargetLoad,
} from '../protocol/target-wire.ts';
import { waitAsync } from './atomics.ts';
import { callCapture } from './calls/call-capture.ts';
import { FunctionMutes } from './calls/function-mutes.ts';
import { EventCopy } from './event-copy.ts';
import { jsonFrame } from './frames.ts';
import { gateTime, switchGate } from './gate.ts';
import { Watchdog } from './plugins/watchdog.ts';
import { DRAIN_CHANNEL, type DrainMessage, type DrainStart, DrainState, ProcessWord, Request } from './ring-layout.ts';
import { RingReader } from './ring-reader.ts';
import { SamplerLink } from './sampling/sampler-link.ts';
import { writeSpill } from './spill.ts';

/** Records wait no longer than this while something happens. */
const WAKE_MS = 2;
/** After so many wake-ups without work, */
const IDLE_WAKES = 2;
/** the drain sleeps longer, or until the next record wakes it: an idle process pays next to nothing, and its next record is not late. */
const IDLE_WAKE_MS = 10;
const CONNECT_RETRY_MS = 20;
const CONNECT_LIMIT_MS = 10_000;
const STATS_INTERVAL_MS = 100;
const LOAD_INTERVAL_MS = 250;
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
  /** Frames that wait for the next look at the socket. */
  #frames: Uint8Array[] = [];
  readonly #sampler: SamplerLink;
  /** One line on stderr, and no second one. */
  #complained = false;
  /** The collector has switched recording off: then its end is no surprise. */
  #stopped = false;
  #children: ChildNotice[] = [];
  readonly #plugins = new Map<number, PluginState>();
  /** Of them, those whose last state has not been sent. */
  readonly #changedPlugins = new Set<number>();
  readonly #copy: EventCopy;
  /** What the collector knows of the gate. */
  #gateTold: number;
  #gatesObeyed = 0;
  /** Of the fullest ring since it was told, and what was told, in percent. */
  #load = 0;
  #loadTold = 0;
  #loadAt = 0;
  readonly #mutes = new FunctionMutes();
  readonly #leftAlone: LeftAlone[] = [];
  #leftAloneSent = 0;
  #captureTold = '';
  readonly #watchdog: Watchdog | undefined;

  constructor(start: DrainStart) {
    this.#start = start;
    this.#process = new Int32Array(start.process);
    this.#copy = new EventCopy(start.copyFile, start.hello, this.#process);
    if (start.presence)
      this.#watchdog = new Watchdog(start.presence, import.meta.dirname, () => [...this.#plugins.values()].filter(({ ofScript }) => !ofScript));
    this.#sampler = new SamplerLink({
      folder: start.folder,
      process: start.process,
      intervalUs: start.sampling.intervalUs,
      filter: start.sampling.filter,
      addRing: (ring) => this.#take(ring),
      send: (frame) => this.#frames.push(frame),
    });
    this.#gateTold = start.gate;
  }

  run(): void {
    this.#channel.onmessage = (event: unknown) => this.#take((event as { data: DrainMessage }).data);
    parentPort?.on('message', (message: DrainMessage) => this.#take(message));
    this.#take(this.#start.ring);
    const before = Atomics.compareExchange(this.#process, ProcessWord.STATE, DrainState.STARTING, DrainState.CONNECTING);
    if (before !== DrainState.STARTING) return;
    Atomics.notify(this.#process, ProcessWord.STATE);
    // A pending waitAsync does not.
    this.#keepAlive = setInterval(() => {}, 0x7fffffff);
    this.#connect();
    if (this.#start.sampling.on) this.#sampler.obey({ command: 'sampling', on: true });
    this.#sleep();
  }

  #take(message: DrainMessage): void {
    if (message.kind === 'ring') {
      if (this.#known.has(message.thread)) return;
      this.#known.add(message.thread);
      this.#readers.set(message.thread, new RingReader(message, this.#start.minDurationNs));
      this.#sampler.thread(message);
    } else if (message.kind === 'ended') {
      const reader = this.#readers.get(message.thread);
      if (reader) reader.ended = true;
    } else if (message.kind === 'plugin') {
      this.#plugins.set(message.state.index, message.state);
      this.#changedPlugins.add(message.state.index);
    } else if (message.kind === 'child') this.#children.push(message.notice);
    else if (message.kind === 'left-alone') {
      if (this.#leftAlone.length < MAX_LEFT_ALONE) this.#leftAlone.push({ file: message.file, reason: message.reason });
    } else this.#tellError(message.message);
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
    this.#sampler.close();
    clearInterval(this.#keepAlive);
    this.#channel.close();
    parentPort?.postMessage('detach');
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
    this.#watchdog?.look();
    this.#pass();
    this.#sleep();
  }

  #pass(): void {
    const socket = this.#socket;
    this.#idle++;
    this.#copy.look(this.#readers.values());
    for (const reader of this.#readers.values()) this.#load = Math.max(this.#load, reader.fill);
    // Behind the goodbye nothing may follow: a machine that is slow to take it has another pass come.
    if (socket && !this.#finishing) {
      this.#sendGate(socket);
      for (const reader of this.#readers.values()) this.#send(socket, reader);
      this.#sendStats(socket, false);
      this.#sendPlugins(socket);
      this.#sendChildren(socket);
      this.#sendLoad(socket);
      this.#sendFrames(socket);
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
    // A sampler's stream is one once there is something in it.
    if (!reader.greeted && thread >= SAMPLED_THREADS && next.data.units + next.definitions.units === 0) {
      if (over) this.#readers.delete(thread);
      return;
    }
    if (!reader.greeted) {
      reader.greeted = true;
      socket.write(jsonFrame(FrameType.THREAD, thread, reader.hello));
    }
    const held = reader.lastingCalls(hrtime());
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

  #tellError(message: string): void {
    this.#frames.push(jsonFrame(FrameType.TRACER_ERROR, 0, { message }));
  }

  #sendFrames(socket: Socket): void {
    if (this.#finishing) return;
    for (const frame of this.#frames.splice(0)) socket.write(frame);
  }

  /** What the script did. What the collector did it knows. */
  #sendGate(socket: Socket): void {
    const gate = this.#untoldGate();
    if (!gate) return;
    socket.write(jsonFrame(FrameType.GATE, 0, gate));
    // Not what it is now: it may have been switched again since it was looked at.
    this.#gateTold = gate.on ? 1 : 0;
  }

  #untoldGate(): TargetGate | undefined {
    const gate = Atomics.load(this.#process, ProcessWord.GATE);
    return gate === this.#gateTold ? undefined : { on: gate === 1, time: String(gateTime(this.#process)), obeyed: this.#gatesObeyed };
  }

  #sendLoad(socket: Socket): void {
    const now = performance.now();
    if (now - this.#loadAt < LOAD_INTERVAL_MS) return;
    this.#loadAt = now;
    const percent = Math.round(this.#load * 100);
    this.#load = 0;
    if (percent === this.#loadTold) return;
    this.#loadTold = percent;
    socket.write(jsonFrame(FrameType.LOAD, 0, { share: percent / 100 } satisfies TargetLoad));
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
      this.#tellError('The collector sent a control frame that is not JSON.');
      return;
    }
    switch (control.command) {
      case 'start':
      case 'stop':
        // What the script has done before this is told as before it.
        if (this.#socket) this.#sendGate(this.#socket);
        switchGate(this.#process, control.command === 'start');
        this.#stopped = control.command === 'stop';
        this.#gatesObeyed++;
        this.#gateTold = control.command === 'start' ? 1 : 0;
        return;
      case 'snapshot':
        Atomics.add(this.#process, ProcessWord.SNAPSHOTS, 1);
        Atomics.notify(this.#process, ProcessWord.SNAPSHOTS);
        return;
      case 'mute':
        this.#mute(control.functions, control.muted);
        return;
      case 'sampling':
      case 'take':
        this.#sampler.obey(control);
        return;
      case 'detach':
        // The main thread does it when it has its next turn; nothing is recorded from now on.
        switchGate(this.#process, false);
        this.#gateTold = 0;
        this.#stopped = true;
        this.#sampler.obey({ command: 'sampling', on: false });
        parentPort?.postMessage('detach');
        return;
      default:
    }
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
    } else this.#tellError('The collector sent a control frame that does not say which functions are meant.');
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
    const socket = this.#socket;
    this.#sendGate(socket);
    this.#sampler.receiveNow();
    this.#sendFrames(socket);
    this.#finishing = true;
    for (const reader of this.#readers.values()) this.#sendHeld(socket, reader);
    this.#sendStats(socket, true);
    this.#sendPlugins(socket);
    this.#sendChildren(socket);
    socket.write(this.#abrupt ? Buffer.alloc(0) : jsonFrame(FrameType.BYE, 0, this.#bye), (error) => {
      if (!error) this.#done(Request.FLUSH);
    });
  }

  get #bye(): { readonly code: number } {
    return { code: Atomics.load(this.#process, ProcessWord.EXIT_CODE) };
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
      gate: this.#untoldGate(),
      abrupt: this.#abrupt,
      ...this.#bye,
    });
    this.#done(Request.SPILL);
  }
}
