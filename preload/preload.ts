/**
 * The bridge: the only code that sees both Electron and the page. It offers two functions and passes two ports on;
 * everything else travels through those ports.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { StudioHostBridge } from '../core/protocol/studio-api.ts';

// A port cannot cross contextBridge; posted to the page's own origin it arrives with the page's window as its source.
ipcRenderer.on('ports', (event, names: readonly string[]) => {
  window.postMessage({ studioPorts: names }, location.origin, [...event.ports]);
});

const bridge: StudioHostBridge = {
  connect: () => ipcRenderer.send('connect'),
  pathOf: (file) => (file instanceof File ? webUtils.getPathForFile(file) : ''),
};
contextBridge.exposeInMainWorld('studioHost', bridge);
