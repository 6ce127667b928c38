/** A studio with a real collector process and the built tracer, in a temporary folder. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ByteChannel } from '../../../core/protocol/byte-channel.ts';
import { Peer } from '../../../core/protocol/rpc.ts';
import type { LaunchConfig, SessionInfo } from '../../../core/protocol/session-types.ts';
import type { StudioPushes, StudioRequests } from '../../../core/protocol/studio-api.ts';
import { spawnCollector } from '../../../main/collector/spawn-collector.ts';
import type { CollectorLink, HostPort, Studio, StudioOptions } from '../../../main/services/host-port.ts';
import { createStudio } from '../../../main/services/studio.ts';
import { memoryChannelPair } from '../../helpers/memory-channel.ts';
import { QUIET_CAPTURE } from '../../helpers/quiet-capture.ts';

export const repository = path.resolve(import.meta.dirname, '../../..');
export const dist = path.join(repository, 'dist');

export interface Pushed<K extends keyof StudioPushes = keyof StudioPushes> {
  readonly event: K;
  readonly payload: StudioPushes[K];
}

/** A window's end of the services. */
export class WindowClient {
  readonly peer: Peer;
  readonly pushed: Pushed[] = [];
  #wakes: (() => void)[] = [];

  constructor(channel: ByteChannel) {
    this.peer = new Peer(channel, {
      calls: {},
      notified: (event, payload) => {
        this.pushed.push({ event, payload } as Pushed);
        for (const wake of this.#wakes.splice(0)) wake();
      },
    });
  }

  request<K extends keyof StudioRequests>(method: K, argument: Parameters<StudioRequests[K]>[0], bytes?: Uint8Array): Promise<ReturnType<StudioRequests[K]>> {
    return this.peer.call(method, argument, bytes);
  }

  /** The first push of this kind, past or coming, for which `test` holds. */
  async pushedThat<K extends keyof StudioPushes>(event: K, test: (payload: StudioPushes[K]) => boolean): Promise<StudioPushes[K]> {
    for (;;) {
      const found = this.pushed.find((push) => push.event === event && test(push.payload as StudioPushes[K]));
      if (found) return found.payload as StudioPushes[K];
      await new Promise<void>((wake) => this.#wakes.push(wake));
    }
  }

  ended(session: string): Promise<SessionInfo> {
    return this.pushedThat('session.changed', (info) => info.id === session && info.state === 'ended');
  }
}

export class StudioFixture {
  readonly folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'studio-')));
  readonly studio: Studio;
  readonly collectors: CollectorLink[] = [];

  constructor(options: Partial<StudioOptions> = {}) {
    mkdirSync(path.join(this.folder, 'work'));
    this.studio = createStudio({
      host: 'web',
      dataFolder: path.join(this.folder, 'data'),
      tracerFolder: path.join(dist, 'tracer'),
      examplesFolder: path.join(repository, 'examples'),
      exportWorker: path.join(dist, 'collector', 'export-worker.cjs'),
      cwd: path.join(this.folder, 'work'),
      spawnCollector: async () => {
        const link = await spawnCollector({ script: path.join(dist, 'collector', 'collector.cjs'), folder: this.folder });
        this.collectors.push(link);
        return link;
      },
      fileRoots: [path.join(this.folder, 'work')],
      isElectron: false,
      ...options,
    });
  }

  /** Writes a file of the working folder and returns its path. */
  write(name: string, content: string | Uint8Array): string {
    const file = path.join(this.folder, 'work', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  window(host: Partial<HostPort> = {}): WindowClient {
    const [ours, theirs] = memoryChannelPair();
    this.studio.attachWindow(theirs, { ...silentHost, ...host });
    return new WindowClient(ours);
  }

  /** A window's reading end of the collector. */
  async reader(): Promise<Peer> {
    return new Peer(await this.studio.openCollectorWindow());
  }

  async end(): Promise<void> {
    await this.studio.shutdown({ stopTargets: true });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const silentHost: HostPort = {
  kind: 'web',
  nativeDialogs: false,
  pickOpen: async () => undefined,
  pickSave: async () => undefined,
  openExternal: async () => {},
  reveal: async () => {},
  setDocument: () => {},
  addRecent: () => {},
  close: () => {},
};

/** Records what the script tells, and nothing more: tests count events. */
export function scriptConfig(path: string, more: Partial<LaunchConfig> = {}): LaunchConfig {
  return {
    target: { kind: 'script', path },
    arguments: '',
    cwd: '',
    environment: [],
    nodeFlags: '',
    nodePath: process.execPath,
    recordEnvironmentValues: false,
    capture: QUIET_CAPTURE,
    ...more,
  };
}

export async function readAll(reader: Peer, recording: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of reader.stream('recording.follow', { recording, offset: 0 })) chunks.push(chunk);
  return Buffer.concat(chunks);
}
