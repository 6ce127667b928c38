/** Opens the default browser, where there is one and someone to see it. */
import { spawn } from 'node:child_process';

export function hasDisplay(environment: Readonly<Record<string, string | undefined>> = process.env, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'win32' || platform === 'darwin') return true;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/** An opener that has not ended by then has taken the link: where there is no desktop, xdg-open is the browser until that is closed. */
const TAKEN_MS = 1000;

/** Resolves with whether a program took the link. It never throws: the link is printed in any case. */
export function openBrowser(url: string): Promise<boolean> {
  if (!hasDisplay()) return Promise.resolve(false);
  const [file, args] = opener(url);
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: 'ignore', detached: true, windowsHide: true });
    const taken = setTimeout(resolve, TAKEN_MS, true);
    const answer = (took: boolean) => {
      clearTimeout(taken);
      resolve(took);
    };
    child.once('error', () => answer(false));
    child.once('exit', (code) => answer(code === 0));
    child.unref();
  });
}

function opener(url: string): [file: string, args: string[]] {
  switch (process.platform) {
    case 'darwin':
      return ['open', [url]];
    case 'win32':
      // Not `start`, which is a word of the shell: our links hold no character that this would read wrongly, and none may.
      return ['rundll32', ['url.dll,FileProtocolHandler', url]];
    default:
      return ['xdg-open', [url]];
  }
}
