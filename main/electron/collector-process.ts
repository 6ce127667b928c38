/**
 * The collector as a utility process. Windows get ports that lead straight to it: what a recording holds never passes through
 * main, so menus and dialogs stay quick however much is streamed.
 */
import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import type { CollectorPortMessage } from '../../core/protocol/collector-api.ts';
import type { CollectorLink } from '../services/host-port.ts';
import { portChannel } from './port-channel.ts';

export class CollectorProcess {
  readonly #file: string;
  readonly #socketFolder: string;
  #running: UtilityProcess | undefined;
  /** Ports of windows that came before a collector was needed. */
  readonly #waiting = new Set<MessagePortMain>();
  #generation = 0;
  /** A collector ended: ports that led to it are dead. */
  onEnded: () => void = () => {};

  /** `file`: the built collector; `socketFolder`: where the sockets of its targets may lie. */
  constructor(file: string, socketFolder: string) {
    this.#file = file;
    this.#socketFolder = socketFolder;
  }

  /** Grows with every collector that ends: a port handed out under an older number leads nowhere. */
  get generation(): number {
    return this.#generation;
  }

  /** Leads one window to the collector, as soon as there is one. */
  connectWindow(port: MessagePortMain): void {
    if (this.#running) post(this.#running, { role: 'window' }, port);
    else this.#waiting.add(port);
  }

  /** The page of this port has gone: a port whose other end is closed cannot be passed on. */
  forgetWindow(port: MessagePortMain): void {
    this.#waiting.delete(port);
  }

  /** What createStudio calls when it needs a collector. */
  spawn = (): Promise<CollectorLink> => {
    const child = utilityProcess.fork(this.#file, [this.#socketFolder], { serviceName: 'Trace Studio collector', env: ownEnvironment(), stdio: 'inherit' });
    return new Promise((resolve, reject) => {
      let link: CollectorLink | undefined;
      let disposed = false;
      child.once('spawn', () => {
        this.#running = child;
        const control = openPort(child, { role: 'control' });
        link = {
          control,
          openWindow: async () => openPort(child, { role: 'window' }),
          onExit: () => {},
          dispose: () => {
            disposed = true;
            child.kill();
          },
        };
        for (const port of this.#waiting) post(child, { role: 'window' }, port);
        this.#waiting.clear();
        resolve(link);
      });
      child.once('exit', (code) => {
        if (this.#running === child) this.#running = undefined;
        if (!link) return reject(new Error(`the collector did not start (exit code ${code})`));
        this.#generation += 1;
        link.onExit({ expected: disposed || code === 0, description: `the collector ended with exit code ${code}` });
        this.onEnded();
      });
    });
  };
}

function openPort(child: UtilityProcess, message: CollectorPortMessage): ByteChannel {
  const { port1, port2 } = new MessageChannelMain();
  post(child, message, port2);
  return portChannel(port1);
}

const post = (child: UtilityProcess, message: CollectorPortMessage, port: MessagePortMain): void => child.postMessage(message, [port]);

/** A plan brings the target's own environment; a NODE_OPTIONS of the user's shell is not meant for the collector. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return rest;
}
