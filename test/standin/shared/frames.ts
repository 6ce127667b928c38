/** What travels between the stand-in's main process and its pages (WebSocket) or utility processes (Node's IPC). */

/** Every port of every process has a number that main gave it. */
export type PortId = number;

export type Frame =
  /** Both ways: a message for the far side's port; ports travel only outwards, from main. */
  | { readonly kind: 'port-message'; readonly port: PortId; readonly data: unknown; readonly ports: readonly PortId[] }
  | { readonly kind: 'port-close'; readonly port: PortId }
  /** Page to main: ipcRenderer.send. Main to page: webContents.send and postMessage. */
  | { readonly kind: 'ipc'; readonly channel: string; readonly args: readonly unknown[]; readonly ports: readonly PortId[] }
  | { readonly kind: 'invoke'; readonly id: number; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: string }
  /** Page to main: window.open was called. */
  | { readonly kind: 'window-open'; readonly url: string }
  /** utilityProcess.postMessage and process.parentPort.postMessage. */
  | { readonly kind: 'parent'; readonly data: unknown; readonly ports: readonly PortId[] };

/** What main tells the isolated world of a page before the preload script runs. */
export interface PageSetup {
  readonly socketPath: string;
  /** Name of the DOM events that join the two worlds: unguessable, so that a page cannot send them. */
  readonly bridge: string;
  readonly platform: string;
  readonly arch: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly additionalArguments: readonly string[];
  /** Answers of webUtils.getPathForFile by `name:size`, set by the test. */
  readonly filePaths: Readonly<Record<string, string>>;
}
