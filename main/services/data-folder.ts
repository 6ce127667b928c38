/** The per-user folder of the studio, the same for both hosts, so that what one recorded the other lists. */
import path from 'node:path';

/** `TRACE_STUDIO_HOME` names another one: for tests, and for people who keep their home small. */
export function dataFolder(environment: Readonly<Record<string, string | undefined>>, home: string, platform: NodeJS.Platform = process.platform): string {
  const chosen = environment.TRACE_STUDIO_HOME;
  if (chosen) return path.resolve(chosen);
  if (platform === 'win32') return path.join(environment.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'Trace Studio');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Trace Studio');
  return path.join(environment.XDG_DATA_HOME || path.join(home, '.local', 'share'), 'trace-studio');
}
