import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CaptureOptions, captureOptions } from '../../../core/protocol/capture-options.ts';
import type { PluginLaunch, PluginState } from '../../../core/protocol/plugins.ts';
import { BlockType, type RecordingInfo } from '../../../core/protocol/recording-format.ts';
import { BlockReader, decodeConsole, decodeInfo, type RecordingItem } from '../../../core/protocol/recording-reader.ts';
import { Peer } from '../../../core/protocol/rpc.ts';
import type { SessionInfo, SpawnPlan } from '../../../core/protocol/session-types.ts';
import { Collector, type CollectorOptions } from '../../../main/collector/collector.ts';
import { isAlive } from '../../../main/collector/process-tree.ts';
import { memoryChannelPair } from '../../helpers/memory-channel.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/collector/', import.meta.url));
export const handTracer = path.join(fixtures, 'hand-tracer.cjs');
export const script = (name: string): string => path.join(fixtures, name);

export interface HandPlan {
  readonly events?: number;
  readonly perFrame?: number;
  readonly worker?: boolean;
  readonly hold?: boolean;
  readonly dropped?: number;
  readonly raw?: string;
  readonly rawAfter?: string;
  readonly secret?: string;
  readonly wire?: number;
  readonly spill?: number;
  /** No socket: everything is in the spill file. */
  readonly onlySpill?: boolean;
  /** The spill file is cut here. */
  readonly spillBytes?: number;
  readonly tellClose?: boolean;
  /** Exit when the socket is closed from the other side. */
  readonly untilClosed?: boolean;
  /** States of plugins that it tells; the last one again so many times, with a growing count of messages. */
  readonly plugins?: readonly Partial<PluginState>[];
  readonly pluginRepeats?: number;
  /** What it leaves as the file of its plugins' handlers; each `§` in it stands for `processedFill` letters. */
  readonly processed?: string;
  readonly processedFill?: number;
}

export interface PlanOptions {
  readonly args?: readonly string[];
  readonly hand?: HandPlan;
  readonly preload?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly file?: string;
  readonly cwd?: string;
  readonly plugins?: readonly PluginLaunch[];
  readonly capture?: Partial<CaptureOptions>;
}

export function spawnPlan({
  args = ['-e', ''],
  hand,
  preload = handTracer,
  environment = {},
  file = process.execPath,
  cwd = tmpdir(),
  plugins,
  capture,
}: PlanOptions): SpawnPlan {
  return {
    title: 'test',
    file,
    args,
    cwd,
    environment: { PATH: process.env.PATH ?? '', ...(hand && { HAND_TRACER: JSON.stringify(hand) }), ...environment },
    recordedEnvironment: { names: [] },
    preload,
    ...(plugins && { plugins }),
    ...(capture && { capture: captureOptions(capture) }),
  };
}

/** A folder of one test, for its recording and the collector's sockets. */
export class TestFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'collector-test-'));

  file(name = 'one.tsr'): string {
    return path.join(this.path, name);
  }

  bytes(): Buffer {
    return readFileSync(this.file());
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A collector in this process, as the command line has it, with a folder that `dispose` removes. */
export class CollectorFixture {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'collector-test-'));
  readonly collector: Collector;
  readonly states: SessionInfo[] = [];
  #waiting: { readonly test: (info: SessionInfo) => boolean; readonly resolve: (info: SessionInfo) => void }[] = [];

  constructor(options: CollectorOptions = {}) {
    this.collector = new Collector({ folder: this.folder, ...options });
    this.collector.onSession = (info) => {
      this.states.push(info);
      for (const each of this.#waiting) if (each.test(info)) each.resolve(info);
    };
  }

  file(name = 'one.tsr'): string {
    return path.join(this.folder, name);
  }

  start(plan: SpawnPlan, name = 'one'): Promise<SessionInfo> {
    return this.collector.start({ plan, file: this.file(`${name}.tsr`), session: name, recording: name });
  }

  /** Resolves at the first state of a session, from now on or already told, for which `test` holds. */
  until(test: (info: SessionInfo) => boolean): Promise<SessionInfo> {
    const told = this.states.find(test);
    if (told) return Promise.resolve(told);
    return new Promise((resolve) => this.#waiting.push({ test, resolve }));
  }

  /** Starts, waits for the end, reads what was recorded. */
  async run(plan: SpawnPlan, name = 'one'): Promise<{ readonly info: SessionInfo; readonly recording: ReadRecording }> {
    await this.start(plan, name);
    const info = await this.collector.whenEnded(name);
    return { info, recording: readRecording(readFileSync(this.file(`${name}.tsr`))) };
  }

  bytes(name = 'one'): Buffer {
    return readFileSync(this.file(`${name}.tsr`));
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  names(): string[] {
    return readdirSync(this.folder);
  }

  isAlive(pid: number): boolean {
    return isAlive(pid);
  }

  window(): Peer {
    const [here, there] = memoryChannelPair();
    this.collector.serveWindow(there);
    return new Peer(here);
  }

  async dispose(): Promise<void> {
    await this.collector.shutdown(0);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export type BlockItem = Extract<RecordingItem, { kind: 'block' }>;

export interface ReadRecording {
  readonly items: readonly RecordingItem[];
  readonly blocks: readonly BlockItem[];
  readonly info: readonly RecordingInfo[];
  /** Items that say that something is wrong. */
  readonly problems: readonly RecordingItem[];
  readonly complete: boolean;
  console(source?: number): string;
  data(stream?: number): Buffer;
}

export function readRecording(bytes: Uint8Array): ReadRecording {
  const reader = new BlockReader();
  const items = [...reader.push(bytes), ...reader.end()];
  const blocks = items.filter((item): item is BlockItem => item.kind === 'block');
  return {
    items,
    blocks,
    info: blocks.filter((block) => block.header.type === BlockType.INFO).flatMap((block) => decodeInfo(block.payload)),
    problems: items.filter((item) => item.kind !== 'block' && item.kind !== 'head'),
    complete: blocks.at(-1)?.header.type === BlockType.FOOTER,
    console: (source) =>
      Buffer.concat(
        blocks
          .filter((block) => block.header.type === BlockType.CONSOLE)
          .flatMap((block) => decodeConsole(block.payload))
          .filter((record) => source === undefined || record.source === source)
          .map((record) => record.text),
      ).toString(),
    data: (stream) =>
      Buffer.concat(
        blocks
          .filter((block) => block.header.type === BlockType.DATA && (stream === undefined || block.header.stream === stream))
          .map((block) => block.payload.subarray(((block.header.openStackWords * 4 + 7) >> 3) << 3)),
      ),
  };
}

/** Pids that a fixture printed as "pid 123". */
export const pidsIn = (text: string): number[] => [...text.matchAll(/^pid (\d+)$/gm)].map((match) => Number(match[1]));

/** Follows a recording until its console output, all of it so far, is as wanted. */
export async function recordedText(window: Peer, recording: string, wanted: string | ((text: string) => boolean)): Promise<string> {
  const reader = new BlockReader();
  let text = '';
  for await (const chunk of window.stream('recording.follow', { recording, offset: 0 })) {
    for (const item of reader.push(chunk)) {
      if (item.kind !== 'block' || item.header.type !== BlockType.CONSOLE) continue;
      for (const record of decodeConsole(item.payload)) text += Buffer.from(record.text).toString();
    }
    if (typeof wanted === 'string' ? text.includes(wanted) : wanted(text)) return text;
  }
  throw new Error(`the recording ended without the text, with: ${text}`);
}
