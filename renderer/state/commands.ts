/** Commands by their id, for menus of features: what they do and which keys they have is the shell's, which says so here. */

interface Commands {
  /** Whether this window has the command at all: a report has no notes. */
  has(id: string): boolean;
  /** False: there is nothing to do it to. */
  perform(id: string): boolean;
  /** "Ctrl+O"; empty: none. */
  keysOf(id: string): string;
}

let commands: Commands | undefined;

export function setCommands(now: Commands | undefined): void {
  commands = now;
}

export const hasCommand = (id: string): boolean => commands?.has(id) ?? false;
export const perform = (id: string): boolean => commands?.perform(id) ?? false;
export const keysOf = (id: string): string => commands?.keysOf(id) ?? '';
