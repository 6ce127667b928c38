import { createContext, type ReactNode, useContext } from 'react';
import type { StudioClient } from '../../core/protocol/studio-api.ts';
import type { TraceClient } from '../trace/trace-worker-api.ts';

/** The two doors out of the page: the host's services, and the worker that owns the trace data. */
export interface Clients {
  readonly studio: StudioClient;
  readonly traces: TraceClient;
}

const ClientsContext = createContext<Clients | undefined>(undefined);

export function ClientsProvider({ clients, children }: { readonly clients: Clients; readonly children: ReactNode }) {
  return <ClientsContext value={clients}>{children}</ClientsContext>;
}

export function useClients(): Clients {
  const clients = useContext(ClientsContext);
  if (!clients) throw new Error('useClients outside of ClientsProvider');
  return clients;
}
