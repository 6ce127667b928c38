import type { Socket } from 'node:net';
import { onChannel } from './channels.ts';
import { memory, onMethod, ownerOf } from './invisible.ts';
import { jsonArgs } from './json-args.ts';
import { Operation, type OperationSource } from './operation.ts';

const open = memory<Operation>();

/** Sockets of `net` (and so of `tls`, `http`, …): one operation from the connect, or the accept, to the close. */
export function watchSockets(source: OperationSource): void {
  const watched = new Set<object>();
  const begin = (name: string) => {
    return ({ socket }: { readonly socket: Socket }): void => {
      open.put(socket, new Operation(source, name, 'net').begin('', 0));
      const prototype = ownerOf(socket, '_destroy');
      if (!prototype || prototype === socket || watched.has(prototype)) return;
      watched.add(prototype);
      onMethod(prototype, '_destroy', (self) => {
        const operation = open.of(self);
        if (operation?.open) operation.end(whatItWas(self as Socket));
      });
    };
  };
  onChannel('net.client.socket', begin('socket'));
  onChannel('net.server.socket', begin('accepted socket'));
}

function whatItWas(socket: Socket): string {
  const { remoteAddress, remotePort, bytesRead, bytesWritten } = socket;
  return jsonArgs({ peer: remoteAddress === undefined ? undefined : `${remoteAddress}:${remotePort}`, bytesRead, bytesWritten });
}
