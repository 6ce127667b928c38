/** utilityProcess: a forked Node process with `process.parentPort` instead of Node's own channel. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Frame } from '../shared/frames.ts';
import { app } from './app.ts';
import { GuardedEmitter } from './guarded-emitter.ts';
import { type Connection, cloneValue, connectionLost, portsArrived, receivePortFrame, takePorts } from './ports.ts';

export interface ForkOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly execArgv?: readonly string[];
  readonly cwd?: string;
  readonly stdio?: 'pipe' | 'ignore' | 'inherit';
  readonly serviceName?: string;
}

export class UtilityProcess extends GuardedEmitter {
  pid: number | undefined;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly #child: ChildProcess;
  readonly #connection: Connection;

  constructor(modulePath: string, args: readonly string[], options: ForkOptions, register: string) {
    super();
    const output = options.stdio ?? 'inherit';
    const child = fork(modulePath, args, {
      cwd: options.cwd,
      env: { ...(options.env ?? process.env), STANDIN_PROCESS: 'utility' },
      execArgv: ['--require', register, ...(options.execArgv ?? [])],
      serialization: 'advanced',
      stdio: ['ignore', output, output, 'ipc'],
    });
    this.#child = child;
    this.#connection = {
      send: (frame) => {
        // It may end while a message is under way; its exit says so.
        if (child.connected) child.send(frame, () => {});
      },
    };
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    child.on('error', (error) => console.error(`stand-in: ${modulePath}: ${error.message}`));
    child.on('spawn', () => {
      this.pid = child.pid;
      app.standin.utilityStarted({ pid: child.pid ?? -1, serviceName: options.serviceName ?? 'Node Utility Process' });
      this.emit('spawn');
    });
    child.on('message', (frame) => this.#receive(frame as Frame));
    child.on('exit', (code) => {
      app.standin.utilityEnded(child.pid);
      this.pid = undefined;
      connectionLost(this.#connection);
      this.emit('exit', code ?? 1);
    });
    process.on('exit', () => child.kill('SIGKILL'));
  }

  postMessage(message: unknown, transfer?: readonly unknown[]): void {
    const ports = takePorts(transfer);
    this.#connection.send({ kind: 'parent', data: cloneValue(message), ports });
    portsArrived(ports, this.#connection);
  }

  kill(): boolean {
    return this.#child.kill();
  }

  #receive(frame: Frame): void {
    if (frame.kind === 'port-message' || frame.kind === 'port-close') receivePortFrame(frame);
    else if (frame.kind === 'parent') this.emit('message', frame.data);
  }
}
