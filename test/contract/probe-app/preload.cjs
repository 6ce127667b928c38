const { contextBridge, ipcRenderer } = require('electron');

const reason = (act) => {
  try {
    act();
    return 'nothing was thrown';
  } catch (error) {
    return error.message;
  }
};

class Point {
  constructor() {
    this.x = 1;
  }
  getX() {
    return this.x;
  }
}

ipcRenderer.on('port', (event, text) => window.postMessage(text, location.origin, [...event.ports]));
contextBridge.exposeInMainWorld('probe', {
  echo: (value) => ipcRenderer.invoke('echo', value),
  sender: () => ipcRenderer.invoke('sender'),
  nobody: () => ipcRenderer.invoke('nobody'),
  askPort: () => ipcRenderer.send('port'),
  callBack: (listener) => listener(41),
  later: () => Promise.resolve({ answer: 42 }),
  fail: () => {
    throw new TypeError('from preload');
  },
  failLater: () => Promise.reject(new RangeError('later')),
  point: () => new Point(),
  requireFs: () => reason(() => require('node:fs')),
  sendFunction: () => reason(() => ipcRenderer.send('echo', () => {})),
  nested: { deep: { list: [1, 2] } },
});
globalThis.secretOfPreload = 1;
