/** Which host this page runs in, and how it is reached. Nothing else in the window asks. */
import type { StudioHostBridge } from '../../core/protocol/studio-api.ts';

declare global {
  interface Window {
    /** From preload; absent in a browser. */
    readonly studioHost?: StudioHostBridge;
  }
}

export const electronBridge = (): StudioHostBridge | undefined => window.studioHost;

const meta = (name: string): string | undefined => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content || undefined;

/** For libraries that insert a style element. Undefined where the host did not put one in. */
export function styleNonce(): string | undefined {
  const nonce = meta('csp-nonce');
  return nonce === undefined || nonce.startsWith('__') ? undefined : nonce;
}

/** `ws://…/services?n=…` on this page's own origin. */
export function webSocketUrl(path: 'services' | 'collector'): string {
  const url = new URL(`/${path}`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const nonce = meta('studio-nonce');
  if (nonce !== undefined && !nonce.startsWith('__')) url.searchParams.set('n', nonce);
  return url.href;
}

/** Where a dropped or chosen file lies. Undefined in a browser, which does not tell. */
export function pathOfFile(file: File): string | undefined {
  return electronBridge()?.pathOf(file) || undefined;
}

/** Asks main for the two ports of this window. */
export function requestPorts(bridge: StudioHostBridge): Promise<{ readonly services: MessagePort; readonly collector: MessagePort }> {
  return new Promise((resolve) => {
    const listen = (message: MessageEvent<unknown>) => {
      if (message.source !== window) return;
      const names = (message.data as { studioPorts?: unknown } | null)?.studioPorts;
      if (!Array.isArray(names)) return;
      const services = message.ports[names.indexOf('services')];
      const collector = message.ports[names.indexOf('collector')];
      if (!services || !collector) return;
      window.removeEventListener('message', listen);
      resolve({ services, collector });
    };
    window.addEventListener('message', listen);
    bridge.connect();
  });
}
