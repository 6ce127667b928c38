// A small app that asks Electron itself questions, so that what the stand-in believes is checked wherever Electron's binary is.
const { app, BrowserWindow, ipcMain, MessageChannelMain, protocol } = require('electron');
const { readFileSync } = require('node:fs');
const path = require('node:path');

const userData = process.argv.find((word) => word.startsWith('--user-data-dir='));
if (userData) app.setPath('userData', userData.slice('--user-data-dir='.length));
protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);

ipcMain.handle('echo', (_event, value) => value);
ipcMain.handle('sender', ({ senderFrame }) => ({ url: senderFrame.url, isTop: senderFrame.parent === null }));
ipcMain.on('port', (event) => {
  const { port1, port2 } = new MessageChannelMain();
  // Before the page has the other end.
  for (const text of ['first', 'second']) port1.postMessage(text);
  port1.on('message', ({ data }) => (data === 'close' ? port1.close() : port1.postMessage(data)));
  port1.start();
  event.sender.postMessage('port', 'a port', [port2]);
});

app.whenReady().then(() => {
  protocol.handle('app', () => new Response(readFileSync(path.join(__dirname, 'index.html')), { headers: { 'content-type': 'text/html' } }));
  const window = new BrowserWindow({ webPreferences: { preload: path.join(__dirname, 'preload.cjs') } });
  window.loadURL('app://studio/index.html');
});
