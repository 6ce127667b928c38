/** What to run: kept here and not in a dialog, so that the form holds its contents whatever happens. */
import { create } from 'zustand';
import type { LaunchConfig, SessionId } from '../../core/protocol/session-types.ts';
import type { LaunchInspection, RecentScript, StudioClient } from '../../core/protocol/studio-api.ts';

export const BLANK_CONFIG: LaunchConfig = {
  target: { kind: 'script', path: '' },
  arguments: '',
  cwd: '',
  environment: [],
  nodeFlags: '',
  nodePath: '',
  whenFull: 'exact',
  recordEnvironmentValues: false,
  maskSecrets: true,
};

interface LaunchState {
  readonly draft: LaunchConfig;
  readonly inspection: LaunchInspection | undefined;
  /** An inspection of the draft as it is now is under way. */
  readonly inspecting: boolean;
  /** What this window started, to open its configuration again. */
  readonly bySession: Readonly<Record<SessionId, LaunchConfig>>;
  /** Variables of the draft whose values a reload lost. */
  readonly forgotten: readonly string[];
  /** A run is being started, from wherever. */
  readonly starting: boolean;
}

const KEY = 'studio.launch-draft';

function remembered(): { readonly draft: LaunchConfig; readonly forgotten: readonly string[] } {
  try {
    const text = sessionStorage.getItem(KEY);
    if (text === null) return { draft: BLANK_CONFIG, forgotten: [] };
    const { forgotten = [], ...draft } = JSON.parse(text) as Partial<LaunchConfig> & { readonly forgotten?: readonly string[] };
    return { draft: { ...BLANK_CONFIG, ...draft }, forgotten };
  } catch {
    // No storage, or not ours: begin with an empty form.
    return { draft: BLANK_CONFIG, forgotten: [] };
  }
}

const store = create<LaunchState>(() => ({ ...remembered(), inspection: undefined, inspecting: false, bySession: {}, starting: false }));

let client: StudioClient | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let turn = 0;

/** From now on every change of the draft is looked at by the host, a moment after the last key. */
export function connectLaunch(studio: StudioClient): void {
  client = studio;
  inspectSoon(0);
}

export function setDraft(draft: LaunchConfig): void {
  store.setState({ draft, inspecting: true });
  try {
    // Values of environment variables may be secrets: only names outlive a reload.
    const { forgotten } = store.getState();
    const gone = draft.environment.filter(({ name, value }) => value !== '' || forgotten.includes(name)).map(({ name }) => name);
    const environment = draft.environment.map(({ name }) => ({ name, value: '' }));
    sessionStorage.setItem(KEY, JSON.stringify({ ...draft, environment, ...(gone.length > 0 && { forgotten: gone }) }));
  } catch {
    // No storage: the form holds as long as the window does.
  }
  inspectSoon(180);
}

export const changeDraft = (change: Partial<LaunchConfig>): void => setDraft({ ...store.getState().draft, ...change });

/** The host's answer to the draft as it is now: asked at once if it is not there yet. Undefined when the host does not answer. */
export function inspected(): Promise<LaunchInspection | undefined> {
  if (!store.getState().inspecting) return Promise.resolve(store.getState().inspection);
  inspectSoon(0);
  return new Promise((resolve) => {
    const off = store.subscribe((state) => {
      if (state.inspecting) return;
      off();
      resolve(state.inspection);
    });
  });
}

function inspectSoon(ms: number): void {
  clearTimeout(timer);
  turn += 1;
  const mine = turn;
  timer = setTimeout(() => {
    client?.request('launch.inspect', store.getState().draft).then(
      (inspection) => mine === turn && store.setState({ inspection, inspecting: false }),
      () => mine === turn && store.setState({ inspecting: false }),
    );
  }, ms);
}

/** The draft came from a recording that names these variables without their values. */
export const forgetValues = (names: readonly string[]): void => store.setState({ forgotten: names });

/** Two clicks are one run: while one is being started, asking for another does nothing. False: nothing was done. */
export async function startOnce(start: () => Promise<unknown>): Promise<boolean> {
  if (store.getState().starting) return false;
  store.setState({ starting: true });
  try {
    await start();
    return true;
  } finally {
    store.setState({ starting: false });
  }
}

export function rememberSessionConfig(session: SessionId, config: LaunchConfig): void {
  store.setState((state) => ({ bySession: { ...state.bySession, [session]: config } }));
}

/** The configuration with which this script ran last, else a blank one for it: arguments never wander from one script to another. */
export function configForScript(path: string, recent: readonly RecentScript[] | undefined): LaunchConfig {
  const last = recent?.find(({ config }) => config.target.kind === 'script' && config.target.path === path);
  return last?.config ?? { ...BLANK_CONFIG, target: { kind: 'script', path } };
}

/**
 * Variables without a value that had one once: values are kept in memory only, so a restart or a reload lost them. To run such a
 * form as it is would be another run.
 */
export function forgottenValues(config: LaunchConfig, recent: readonly RecentScript[] | undefined): readonly string[] {
  const target = JSON.stringify(config.target);
  const { draft, forgotten } = store.getState();
  const last = recent?.find((each) => JSON.stringify(each.config.target) === target);
  const names = new Set([...(last?.forgotten ?? []), ...(JSON.stringify(draft.target) === target ? forgotten : [])]);
  return config.environment.filter(({ name, value }) => value === '' && names.has(name)).map(({ name }) => name);
}

/** "server.ts", "npm run start", or the command. */
export function describeTarget(config: LaunchConfig): string {
  const { target } = config;
  if (target.kind === 'script') return target.path.split(/[/\\]/).at(-1) ?? target.path;
  return target.kind === 'npm-script' ? `npm run ${target.name}` : target.command;
}

export const useDraft = (): LaunchConfig => store((state) => state.draft);
export const useInspection = (): LaunchInspection | undefined => store((state) => state.inspection);
export const useStarting = (): boolean => store((state) => state.starting);
export const launchState = () => store.getState();
