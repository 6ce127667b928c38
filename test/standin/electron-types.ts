/**
 * Holds the stand-in against Electron's own declarations; nothing here runs. Every member of the stand-in must exist in Electron, and fit
 * where it can be said in types. What does not fit is named, so that it was looked at.
 */
import type * as Electron from 'electron';
import type { StandinElectron } from './main/electron-main.ts';

type EmitterMember = keyof import('node:events').EventEmitter;
/** Members that both have. Events are left out: Electron declares each with its own overload. */
type Shared<Ours, Theirs> = Exclude<keyof Ours & keyof Theirs, EmitterMember | 'standin' | 'prototype'>;
/** Members that Electron does not have. */
type Invented<Ours, Theirs> = Exclude<keyof Ours, keyof Theirs | EmitterMember | 'standin' | 'prototype'>;
/** Members that both have and that could not be put in the other's place. */
type Misfit<Ours, Theirs> = { [K in Shared<Ours, Theirs>]: Ours[K] extends Theirs[K] ? never : K }[Shared<Ours, Theirs>];

type Instance<T> = T extends abstract new (...args: never) => infer I ? I : never;
type Port = Instance<StandinElectron['MessageChannelMain']>['port1'];
type Nothing<T extends never> = T;
/** `Known` lists the misfits that are meant; another one does not compile. */
type Only<Found extends Known, Known> = Found;

export type Checks = [
  Nothing<Invented<StandinElectron, typeof Electron>>,
  Nothing<Invented<StandinElectron['app'], Electron.App>>,
  Nothing<Invented<StandinElectron['dialog'], Electron.Dialog>>,
  Nothing<Invented<StandinElectron['shell'], Electron.Shell>>,
  Nothing<Invented<StandinElectron['ipcMain'], Electron.IpcMain>>,
  Nothing<Invented<StandinElectron['nativeTheme'], Electron.NativeTheme>>,
  Nothing<Invented<StandinElectron['protocol'], Electron.Protocol>>,
  Nothing<Invented<StandinElectron['session']['defaultSession'], Electron.Session>>,
  Nothing<Invented<StandinElectron['utilityProcess'], typeof Electron.utilityProcess>>,
  Nothing<Invented<StandinElectron['Menu'], typeof Electron.Menu>>,
  Nothing<Invented<StandinElectron['BrowserWindow'], typeof Electron.BrowserWindow>>,
  Nothing<Invented<Instance<StandinElectron['BrowserWindow']>, Electron.BrowserWindow>>,
  Nothing<Invented<Instance<StandinElectron['BrowserWindow']>['webContents'], Electron.WebContents>>,
  Nothing<Invented<Instance<StandinElectron['MessageChannelMain']>, Electron.MessageChannelMain>>,
  Nothing<Invented<Port, Electron.MessagePortMain>>,
  Nothing<Invented<ReturnType<StandinElectron['utilityProcess']['fork']>, Electron.UtilityProcess>>,
  // Of a process only what a test looks for.
  Only<Misfit<StandinElectron['app'], Electron.App>, 'getAppMetrics'>,
  Nothing<Misfit<StandinElectron['dialog'], Electron.Dialog>>,
  Nothing<Misfit<StandinElectron['shell'], Electron.Shell>>,
  // A handler's event is whatever the stand-in has of it.
  Only<Misfit<StandinElectron['ipcMain'], Electron.IpcMain>, 'handle'>,
  Nothing<Misfit<StandinElectron['nativeTheme'], Electron.NativeTheme>>,
  Nothing<Misfit<StandinElectron['protocol'], Electron.Protocol>>,
  // Parts of what Electron has, each checked by itself; handlers get plain strings where Electron lists the words.
  Only<Misfit<StandinElectron['session']['defaultSession'], Electron.Session>, 'protocol' | 'setPermissionCheckHandler' | 'setPermissionRequestHandler'>,
  Only<Misfit<Instance<StandinElectron['BrowserWindow']>, Electron.BrowserWindow>, 'webContents'>,
  Only<Misfit<Instance<StandinElectron['BrowserWindow']>['webContents'], Electron.WebContents>, 'mainFrame' | 'session' | 'setWindowOpenHandler'>,
  Nothing<Misfit<Port, Electron.MessagePortMain>>,
  Nothing<Misfit<ReturnType<StandinElectron['utilityProcess']['fork']>, Electron.UtilityProcess>>,
];
