/** Opens both ways out of the page for the host that it runs in. */
import { openWebSocket, portChannel } from '../trace/channels.ts';
import type { TraceClient } from '../trace/trace-worker-api.ts';
import { electronBridge, requestPorts, webSocketUrl } from './host.ts';
import { type ConnectedStudio, createStudioClient } from './studio-client.ts';
import { createTraceClient } from './trace-client.ts';

export interface Connection {
  readonly studio: ConnectedStudio;
  readonly traces: TraceClient;
}

export function connectToHost(onWorkerCrash: (message: string) => void): Connection {
  const worker = new Worker(new URL('../trace/trace-worker.ts', import.meta.url), { name: 'trace' });
  const traces = createTraceClient(worker, onWorkerCrash);
  const fail = (error: unknown) => onWorkerCrash(error instanceof Error ? error.message : String(error));
  const bridge = electronBridge();

  if (!bridge) {
    traces.request('data.connect', { kind: 'websocket', url: webSocketUrl('collector') }).catch(fail);
    return { studio: createStudioClient(() => openWebSocket(webSocketUrl('services'))), traces };
  }

  const connect = async () => {
    const ports = await requestPorts(bridge);
    traces.request('data.connect', { kind: 'port' }, [ports.collector]).catch(fail);
    return portChannel(ports.services);
  };
  const studio = createStudioClient(connect);
  // The collector was started anew. Ports come in pairs, so both are opened again.
  traces.on('data-lost', () => studio.reconnect());
  return { studio, traces };
}
