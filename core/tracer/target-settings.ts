import { TargetEnvironment, type TargetOptions } from '../protocol/target-wire.ts';

/** What a launch told this process, taken out of its environment. */
export interface TargetSettings {
  readonly socket: string;
  readonly secret: string;
  readonly options: TargetOptions;
  /** The process ran before the studio came, and goes on when it leaves. */
  readonly attached?: boolean;
}

const OURS: readonly string[] = Object.values(TargetEnvironment);

/** The `--require` that leads to `preload`, as it stands in NODE_OPTIONS. */
const requireOption = (preload: string): string => `--require ${/[\s"\\]/.test(preload) ? `"${preload.replaceAll(/["\\]/g, '\\$&')}"` : preload}`;

/** Reads the settings and removes every trace of them from `env`: the script sees the environment that its user gave it. */
export function takeSettings(env: NodeJS.ProcessEnv): TargetSettings | undefined {
  const [socket, secret, json] = [env[TargetEnvironment.SOCKET], env[TargetEnvironment.SECRET], env[TargetEnvironment.OPTIONS]];
  for (const name of OURS) delete env[name];
  if (socket === undefined || secret === undefined || json === undefined) return undefined;
  const options = JSON.parse(json) as TargetOptions;
  hideFromEnvironment(env, options.preload);
  return { socket, secret, options };
}

/** Takes the preload out of NODE_OPTIONS; what the user has there stays. */
export function hideFromEnvironment(env: NodeJS.ProcessEnv, preload: string): void {
  const all = env.NODE_OPTIONS;
  if (all === undefined) return;
  const own = withoutPreload(all, preload);
  if (own === '') delete env.NODE_OPTIONS;
  else if (own !== all) env.NODE_OPTIONS = own;
}

/** `nodeOptions` without the `--require` of the preload, whichever way it is quoted and on whichever end it stands. */
function withoutPreload(nodeOptions: string, preload: string): string {
  for (const form of [requireOption(preload), `--require "${preload}"`, `--require ${preload}`]) {
    if (nodeOptions === form) return '';
    if (nodeOptions.startsWith(`${form} `)) return nodeOptions.slice(form.length + 1);
    if (nodeOptions.endsWith(` ${form}`)) return nodeOptions.slice(0, -form.length - 1);
  }
  return nodeOptions;
}

/**
 * What a child of this process has to have in its environment to be traced, given the NODE_OPTIONS that it would have.
 * `paused`: it begins with its gate closed.
 */
export function childVariables(settings: TargetSettings, nodeOptions: string | undefined, paused = false): Readonly<Record<string, string>> {
  const option = requireOption(settings.options.preload);
  const own = withoutPreload(nodeOptions?.trim() ?? '', settings.options.preload);
  return {
    NODE_OPTIONS: own === '' ? option : `${option} ${own}`,
    [TargetEnvironment.SOCKET]: settings.socket,
    [TargetEnvironment.SECRET]: settings.secret,
    [TargetEnvironment.OPTIONS]: JSON.stringify({ ...settings.options, paused: paused || undefined, isChild: true }),
  };
}
