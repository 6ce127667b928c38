/**
 * The page that the contract tests load in the place of the studio's own window: it connects as the window does, and leaves the
 * connection to the test as `window.contract`.
 */
import { Peer } from '../../../core/protocol/rpc.ts';
import type { StudioHostBridge } from '../../../core/protocol/studio-api.ts';
import { portChannel } from '../../../renderer/trace/channels.ts';

declare global {
  interface Window {
    readonly contract: ContractPage;
  }
}

export interface ContractPage {
  /** Resolves when the first pair of ports is there and the services have answered through it. */
  readonly connected: Promise<void>;
  /** Pairs of ports that arrived so far. */
  pairs(): number;
  ask(method: string, argument: unknown): Promise<unknown>;
  /** The same to the collector. */
  askCollector(method: string, argument: unknown): Promise<unknown>;
  pushed: { readonly event: string; readonly payload: unknown }[];
  connectAgain(): void;
  /** Set when the collector's port was closed from the other side. */
  collectorLost: boolean;
  violations: string[];
  /** What came of turning text into code while the page loaded: what a test calls is not bound by the page's rules. */
  readonly evaluation: string;
}

const bridge = (window as unknown as { studioHost: StudioHostBridge }).studioHost;
let pairs = 0;
let services: Peer | undefined;
let collector: Peer | undefined;

const connected = new Promise<void>((resolve) => {
  window.addEventListener('message', (message: MessageEvent<unknown>) => {
    const names = (message.data as { studioPorts?: unknown } | null)?.studioPorts;
    if (message.source !== window || message.origin !== location.origin || !Array.isArray(names)) return;
    const port = (name: string) => message.ports[names.indexOf(name)] as MessagePort;
    pairs += 1;
    services = new Peer(portChannel(port('services')), { calls: {}, notified: (event, payload) => page.pushed.push({ event, payload }) });
    collector = new Peer(portChannel(port('collector')));
    collector.onClose = () => {
      page.collectorLost = true;
    };
    services.call('studio.info', null).then(() => resolve());
  });
});

function tryEvaluation(): string {
  try {
    return String(new Function('return 1')());
  } catch (error) {
    return String(error);
  }
}

const page: ContractPage = {
  connected,
  pairs: () => pairs,
  ask: (method, argument) => services?.call(method, argument) ?? Promise.reject(new Error('not connected')),
  askCollector: (method, argument) => collector?.call(method, argument) ?? Promise.reject(new Error('not connected')),
  pushed: [],
  connectAgain: () => bridge.connect(),
  collectorLost: false,
  violations: [],
  evaluation: tryEvaluation(),
};
document.addEventListener('securitypolicyviolation', (event) => page.violations.push(event.violatedDirective));
Object.defineProperty(window, 'contract', { value: page });
bridge.connect();
