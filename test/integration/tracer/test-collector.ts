/** A collector for tests: takes what targets send, checks the order of frames, and keeps it decoded. */
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { PluginState } from '../../../core/protocol/plugins.ts';
import {
  type CallCapture,
  type ChildNotice,
  encodeFrameHeader,
  FRAME_HEADER_BYTES,
  FrameType,
  type LeftAlone,
  SPILL_MAGIC,
  type TargetControl,
  TargetEnvironment,
  type TargetGate,
  type TargetHello,
  type TargetLoad,
  type TargetOptions,
  type ThreadHello,
  type ThreadStats,
} from '../../../core/protocol/target-wire.ts';
import { StreamDecoder, type TracedEvent } from './decode-stream.ts';

const built = path.resolve(import.meta.dirname, '../../../dist/tracer');

export interface Thread {
  readonly hello: ThreadHello;
  readonly stream: StreamDecoder;
  stats: ThreadStats | undefined;
  ended: boolean;
}

/** Five megabytes for each of two thousand tests took longer than starting Node. Tests take such files away, and write into none. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // The temporary folder is on another disk.
  }
}

/** One connection: one target process. */
export interface Target {
  hello: TargetHello | undefined;
  readonly threads: Map<number, Thread>;
  /** The last state of each plugin, by its index. */
  readonly plugins: Map<number, PluginState>;
  readonly errors: string[];
  /** Those that it has told of. */
  readonly children: ChildNotice[];
  /** The last one. */
  capture: CallCapture | undefined;
  readonly leftAlone: LeftAlone[];
  /** What the script did with the gate. */
  readonly gates: TargetGate[];
  /** The largest share of a ring that was told. */
  load: number;
  bye: boolean;
  closed: boolean;
  /** The frames came in an order that the protocol forbids. */
  complaint: string | undefined;
  readonly socket: Socket | undefined;
}

export class TestCollector {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-tracer-'));
  /** A copy of the built tracer, as a launch makes one; the space in its path has to be quoted. */
  readonly tracerFolder = path.join(this.folder, 'the tracer');
  readonly spillFolder = path.join(this.folder, 'spill');
  readonly socketPath = process.platform === 'win32' ? `\\\\.\\pipe\\${path.basename(this.folder)}` : path.join(this.folder, 'socket');
  readonly targets: Target[] = [];
  readonly #keepCounters: boolean;
  readonly #waiting = new Set<() => void>();
  #server: Server | undefined;
  /** Called with each new connection, before anything is read: a test may pause it. */
  onConnect: (socket: Socket) => void = () => {};

  constructor({ keepCounters = true }: { keepCounters?: boolean } = {}) {
    this.#keepCounters = keepCounters;
    mkdirSync(this.spillFolder);
    for (const folder of ['.', 'plugins']) {
      mkdirSync(path.join(this.tracerFolder, folder));
      for (const file of readdirSync(path.join(built, folder))) {
        if (!file.endsWith('.map') && path.extname(file) !== '') linkOrCopy(path.join(built, folder, file), path.join(this.tracerFolder, folder, file));
      }
    }
  }

  async listen(): Promise<void> {
    this.#server = createServer((socket) => {
      const target: Target = {
        hello: undefined,
        threads: new Map(),
        plugins: new Map(),
        errors: [],
        children: [],
        capture: undefined,
        leftAlone: [],
        gates: [],
        load: 0,
        bye: false,
        closed: false,
        complaint: undefined,
        socket,
      };
      this.targets.push(target);
      let carry: Buffer = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        carry = this.#take(target, carry.length === 0 ? chunk : Buffer.concat([carry, chunk]));
        this.#changed();
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        target.closed = true;
        this.#changed();
      });
      this.onConnect(socket);
    });
    await new Promise<void>((resolve) => this.#server?.listen(this.socketPath, resolve));
  }

  /** Reads on, also from those that connect later. */
  resume(): void {
    this.onConnect = () => {};
    for (const { socket } of this.targets) socket?.resume();
  }

  environment(options: Partial<TargetOptions> = {}): Record<string, string> {
    const preload = path.join(this.tracerFolder, 'preload.cjs').replaceAll('\\', '/');
    const all: TargetOptions = { preload, whenFull: 'exact', spillFolder: this.spillFolder, ...options };
    return {
      NODE_OPTIONS: `--require ${preload.includes(' ') ? `"${preload}"` : preload}`,
      [TargetEnvironment.SOCKET]: this.socketPath,
      [TargetEnvironment.SECRET]: 'a secret of the test',
      [TargetEnvironment.OPTIONS]: JSON.stringify(all),
    };
  }

  /** Resolves when `state` holds; it is looked at after each arrival. */
  async until(state: () => boolean): Promise<void> {
    while (!state()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  control(control: TargetControl): void {
    const body = Buffer.from(JSON.stringify(control));
    for (const { socket } of this.targets) socket?.write(Buffer.concat([encodeFrameHeader(body.length, FrameType.CONTROL, 0), body]));
  }

  /** All events of all processes and threads, in the order of time. */
  get events(): TracedEvent[] {
    const all = this.targets.flatMap((target) => [...target.threads.values()].flatMap((thread) => thread.stream.events));
    return all.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
  }

  get counters(): number {
    return this.targets.reduce((sum, target) => sum + [...target.threads.values()].reduce((all, thread) => all + thread.stream.counters, 0), 0);
  }

  /** Takes the spill files in, as the product's collector does. */
  mergeSpills(): number {
    const files = readdirSync(this.spillFolder).filter((file) => file.endsWith('.spill'));
    for (const file of files) {
      const bytes = readFileSync(path.join(this.spillFolder, file));
      if (bytes.toString('latin1', 0, 8) !== SPILL_MAGIC) throw new Error(`${file} does not start with ${SPILL_MAGIC}`);
      const pid = Number(path.basename(file, '.spill'));
      // A process that ends while it connects leaves a connection that says nothing beside its file: both are of one process.
      let target = this.targets.find((one) => one.hello?.pid === pid) ?? this.targets.find((one) => one.closed && !one.hello);
      if (!target) {
        target = {
          hello: undefined,
          threads: new Map(),
          plugins: new Map(),
          errors: [],
          children: [],
          capture: undefined,
          leftAlone: [],
          gates: [],
          load: 0,
          bye: false,
          closed: true,
          complaint: undefined,
          socket: undefined,
        };
        this.targets.push(target);
      }
      const rest = this.#take(target, bytes.subarray(8), true);
      if (rest.length > 0) throw new Error(`${file} ends inside a frame`);
      rmSync(path.join(this.spillFolder, file));
    }
    return files.length;
  }

  async close(): Promise<void> {
    for (const target of this.targets) target.socket?.destroy();
    if (this.#server) await new Promise((resolve) => this.#server?.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  #changed(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #take(target: Target, bytes: Buffer, spill = false): Buffer {
    let at = 0;
    const skips = new Map<number, { data: number; definitions: number }>();
    while (at + FRAME_HEADER_BYTES <= bytes.length) {
      const length = bytes.readUInt32LE(at);
      if (at + FRAME_HEADER_BYTES + length > bytes.length) break;
      const body = new Uint8Array(bytes.subarray(at + FRAME_HEADER_BYTES, at + FRAME_HEADER_BYTES + length));
      const [type, thread] = [bytes[at + 4] as FrameType, bytes.readUInt32LE(at + 8)];
      at += FRAME_HEADER_BYTES + length;
      try {
        if (spill) this.#spillFrame(target, type, thread, body, skips);
        else this.#frame(target, type, thread, body);
      } catch (error) {
        target.complaint ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
      }
    }
    return bytes.subarray(at);
  }

  #frame(target: Target, type: FrameType, id: number, body: Uint8Array): void {
    if (!target.hello) {
      if (type !== FrameType.HELLO) throw new Error(`the first frame is of type ${type}`);
      target.hello = JSON.parse(Buffer.from(body).toString()) as TargetHello;
      return;
    }
    if (target.bye && type !== FrameType.TRACER_ERROR) throw new Error(`a frame of type ${type} after BYE`);
    const json = (): unknown => JSON.parse(Buffer.from(body).toString());
    if (type === FrameType.THREAD) {
      if (target.threads.has(id)) throw new Error(`thread ${id} is announced twice`);
      target.threads.set(id, { hello: json() as ThreadHello, stream: new StreamDecoder(this.#keepCounters), stats: undefined, ended: false });
      return;
    }
    if (type === FrameType.BYE) {
      target.bye = true;
      return;
    }
    if (type === FrameType.TRACER_ERROR) {
      target.errors.push((json() as { message: string }).message);
      return;
    }
    if (type === FrameType.GATE) {
      target.gates.push(json() as TargetGate);
      return;
    }
    if (type === FrameType.LOAD) {
      target.load = Math.max(target.load, (json() as TargetLoad).share);
      return;
    }
    if (type === FrameType.CHILD) {
      target.children.push(json() as ChildNotice);
      return;
    }
    if (type === FrameType.PLUGIN) {
      const state = json() as PluginState;
      target.plugins.set(state.index, state);
      return;
    }
    if (type === FrameType.CAPTURE) {
      target.capture = json() as CallCapture;
      return;
    }
    if (type === FrameType.LEFT_ALONE) {
      target.leftAlone.push(json() as LeftAlone);
      return;
    }
    const thread = target.threads.get(id);
    if (!thread) throw new Error(`a frame of type ${type} for thread ${id}, which was not announced`);
    if (thread.ended) throw new Error(`a frame of type ${type} after the end of thread ${id}`);
    if (type === FrameType.DEFS) thread.stream.definitions(body);
    else if (type === FrameType.DATA) thread.stream.data(body);
    else if (type === FrameType.STATS) thread.stats = json() as ThreadStats;
    else if (type === FrameType.THREAD_END) thread.ended = true;
    else throw new Error(`a frame of unknown type ${type}`);
  }

  #spillFrame(target: Target, type: FrameType, id: number, body: Uint8Array, skips: Map<number, { data: number; definitions: number }>): void {
    if (type === FrameType.HELLO) {
      target.hello ??= JSON.parse(Buffer.from(body).toString()) as TargetHello;
      return;
    }
    if (type === FrameType.THREAD) {
      const hello = JSON.parse(Buffer.from(body).toString()) as ThreadHello;
      if (!target.threads.has(id)) target.threads.set(id, { hello, stream: new StreamDecoder(this.#keepCounters), stats: undefined, ended: false });
      const stream = target.threads.get(id)?.stream;
      skips.set(id, { data: (stream?.dataBytes ?? 0) - (hello.dataBefore ?? 0), definitions: (stream?.definitionBytes ?? 0) - (hello.definitionsBefore ?? 0) });
      return;
    }
    const skip = skips.get(id);
    const key = type === FrameType.DATA ? 'data' : 'definitions';
    let part = body;
    if (skip && (type === FrameType.DATA || type === FrameType.DEFS)) {
      if (skip[key] < 0) throw new Error('bytes are missing between socket and spill file');
      const drop = Math.min(skip[key], body.length);
      skip[key] -= drop;
      part = body.subarray(drop);
    }
    this.#frame(target, type, id, new Uint8Array(part));
  }
}
