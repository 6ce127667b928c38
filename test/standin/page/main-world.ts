/** The page's end of contextBridge. Runs before any script of the page; `__BRIDGE__` is replaced with the events' name. */
import { BridgeEnd } from './bridge-values.ts';

const end = new BridgeEnd('__BRIDGE__:to-isolated', '__BRIDGE__:to-page');
end.onExpose = (name, api) => {
  if (name in window) throw new Error('Cannot bind an API on top of an existing property on the window object');
  Object.defineProperty(window, name, { value: deepFreeze(api), writable: false, configurable: false, enumerable: true });
};

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
  return value;
}

// Denied here, after main was asked: a window that Chromium opens and main closes again leaves the opener hanging now and then.
window.open = (url) => {
  document.dispatchEvent(new CustomEvent('__BRIDGE__:open', { detail: new URL(String(url ?? 'about:blank'), location.href).href }));
  return null;
};
