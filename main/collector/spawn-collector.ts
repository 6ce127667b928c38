import { fork } from 'node:child_process';
import { connect } from 'node:net';
import { ProblemError } from '../../core/base/result.ts';
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import type { CollectorLink } from '../services/host-port.ts';
import { IpcChannel, type IpcMessage } from './ipc-channel.ts';
import { openWithSecret } from './socket-channel.ts';

/**
 * Starts a collector in a process of its own, for hosts that are plain Node. `script`: dist/collector/collector.cjs; `folder`:
 * where its sockets may lie. It ends, and stops its targets, when this process is gone. Rejects with ProblemError.
 */
export function spawnCollector(options: { readonly script: string; readonly folder: string }): Promise<CollectorLink> {
  // Flags of the host, such as --inspect, are its own: two processes cannot share a debugging port.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = fork(options.script, [options.folder], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [], env });
  const control = new IpcChannel(child);
  return new Promise((resolve, reject) => {
    let disposed = false;
    let link: CollectorLink | undefined;
    const fail = (description: string) =>
      reject(new ProblemError({ code: 'collector-failed', message: `The collector, which records, could not be started: ${description}.` }));
    child.on('error', (error) => fail(error.message));
    child.on('message', (message: unknown) => {
      const ready = message as IpcMessage;
      if (ready.kind !== 'ready') return;
      link = {
        control,
        openWindow: () => openWindow(ready.socket, ready.secret),
        onExit: () => {},
        dispose: () => {
          disposed = true;
          if (child.connected) child.disconnect();
        },
      };
      resolve(link);
    });
    child.once('exit', (code, signal) => {
      const description = signal ? `it was ended by ${signal}` : `it ended with code ${code}`;
      if (link) link.onExit({ expected: disposed || code === 0, description });
      else fail(description);
    });
  });
}

function openWindow(path: string, secret: string): Promise<ByteChannel> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', (error) => reject(new ProblemError({ code: 'collector-gone', message: `The collector does not answer: ${error.message}` })));
    socket.once('connect', () => resolve(openWithSecret(socket, secret)));
  });
}
