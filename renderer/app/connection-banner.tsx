import { Unplug } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import type { ConnectionState } from '../bridge/studio-client.ts';
import { Button, Icon } from '../widgets/index.ts';
import './connection-banner.css';
import { words } from './words.ts';

export interface ConnectionWatch {
  readonly state: () => ConnectionState;
  onState(listener: () => void): () => void;
  retry(): void;
}

const useConnection = (watch: ConnectionWatch): ConnectionState => useSyncExternalStore((listener) => watch.onState(listener), watch.state);

/** The host is away. What is open stays readable; the connection is tried again by itself. */
export function ConnectionBanner({ watch }: { readonly watch: ConnectionWatch }) {
  if (useConnection(watch) !== 'lost') return null;
  return (
    <div className="connection-banner" role="alert">
      <Icon of={Unplug} />
      <span>{words.connectionLost}</span>
      <Button size="s" onClick={watch.retry}>
        {words.tryNow}
      </Button>
      <Button size="s" onClick={() => location.reload()}>
        {words.reload}
      </Button>
    </div>
  );
}
