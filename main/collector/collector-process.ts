/** Entry of the collector's own process: forked by the web host, or Electron's utilityProcess. `argv[2]`: folder for its sockets. */
import { tmpdir } from 'node:os';
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import type { CollectorPortMessage } from '../../core/protocol/collector-api.ts';
import { Collector } from './collector.ts';
import { IpcChannel, type IpcMessage } from './ipc-channel.ts';
import { LocalServer } from './local-socket.ts';
import { makeSecret } from './secret.ts';
import { acceptWithSecret } from './socket-channel.ts';

/** The host is gone: nobody can watch the targets or stop them any more. They get so long to end by themselves. */
const ORPHAN_GRACE_MS = 3000;

/** What this file needs of Electron's `process.parentPort` and MessagePortMain; Electron's own types are not known here. */
interface Port {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}
interface ParentPort {
  on(event: 'message', listener: (event: { readonly data: unknown; readonly ports: readonly Port[] }) => void): void;
}

const folder = process.argv[2];
const collector = new Collector(folder === undefined ? {} : { folder });
collector.onShutdown = () => process.exit(0);

const orphaned = () => void collector.shutdown(ORPHAN_GRACE_MS);
process.on('SIGTERM', orphaned);
// Ctrl+C and the closing of a terminal reach every process in it: what they mean is the host's decision.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});

const parentPort = (process as { parentPort?: ParentPort }).parentPort;
if (parentPort) serveUtilityProcess(parentPort);
else if (process.send) serveFork();
else {
  console.error('The collector is started by the studio, not by hand.');
  process.exit(2);
}

function serveUtilityProcess(parent: ParentPort): void {
  parent.on('message', ({ data, ports }) => {
    const { role } = data as CollectorPortMessage;
    const [port] = ports;
    if (!port) return;
    const channel = new PortChannel(port);
    if (role === 'control') {
      collector.serveControl(channel);
      channel.onEnd = orphaned;
    } else if (role === 'window') collector.serveWindow(channel);
    else port.close();
  });
}

function serveFork(): void {
  const secret = makeSecret();
  const { server, listening } = LocalServer.open([...(folder === undefined ? [] : [folder]), tmpdir()], (socket) =>
    acceptWithSecret(socket, secret, (channel) => collector.serveWindow(channel)),
  );
  collector.serveControl(new IpcChannel(process));
  process.on('disconnect', orphaned);
  process.on('exit', () => server.close());
  listening.then(
    () => process.send?.({ kind: 'ready', socket: server.path, secret } satisfies IpcMessage),
    (error: Error) => {
      console.error(`The collector cannot listen at ${server.path}: ${error.message}`);
      process.exit(1);
    },
  );
}

class PortChannel implements ByteChannel {
  readonly #port: Port;
  onFrame: (frame: Uint8Array) => void = () => {};
  onClose: (reason?: string) => void = () => {};
  onEnd: () => void = () => {};

  constructor(port: Port) {
    this.#port = port;
    port.on('message', ({ data }) => this.onFrame(data instanceof ArrayBuffer ? new Uint8Array(data) : (data as Uint8Array)));
    port.on('close', () => {
      this.onClose();
      this.onEnd();
    });
    port.start();
  }

  send(frame: Uint8Array): void {
    this.#port.postMessage(frame);
  }

  close(): void {
    this.#port.close();
  }
}
