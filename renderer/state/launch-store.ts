/** What to run: kept here and not in a dialog, so that the form holds its contents whatever happens. */
import { create } from 'zustand';
import { CAPTURE_OPTIONS, type CaptureKey, type CaptureOptions, DEFAULT_CAPTURE } from '../../core/protocol/capture-options.ts';
import { readCaptureValue } from '../../core/protocol/capture-text.ts';
import type { LaunchConfig, SessionId } from '../../core/protocol/session-types.ts';
import type { LaunchInspection, RecentScript, StudioClient } from '../../core/protocol/studio-api.ts';

export const BLANK_CONFIG: LaunchConfig = {
  target: { kind: 'script', path: '' },
  arguments: '',
  cwd: '',
  environment: [],
  nodeFlags: '',
  nodePath: '',
  recordEnvironmentValues: false,
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
  /** What is being typed for a capture option; the draft has the last text that was a value. */
  readonly captureTexts: CaptureTexts;
  /** A run is being started, from wherever. */
  readonly starting: boolean;
}

export type CaptureTexts = Readonly<Partial<Record<CaptureKey, string>>>;

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

const store = create<LaunchState>(() => ({ ...remembered(), inspection: undefined, inspecting: false, bySession: {}, captureTexts: {}, starting: false }));

let client: StudioClient | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let turn = 0;

/** From now on every change of the draft is looked at by the host, a moment after the last key. */
export function connectLaunch(studio: StudioClient): void {
  client = studio;
  inspectSoon(0);
}

/** Another configuration takes the place of the draft. */
export function setDraft(draft: LaunchConfig): void {
  store.setState({ captureTexts: {} });
  keepDraft(draft);
}

function keepDraft(draft: LaunchConfig): void {
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

export const changeDraft = (change: Partial<LaunchConfig>): void => keepDraft({ ...store.getState().draft, ...change });

/** The config file of the project, or none. */
export function takeProjectConfig(isUsed: boolean): void {
  const { configFile: _before, ...rest } = store.getState().draft;
  keepDraft({ ...rest, ...(!isUsed && { configFile: '' }) });
}

/** What holds where the form says nothing: the config file's word, else the default. */
export const inheritedCapture = (inspection: LaunchInspection | undefined): CaptureOptions => ({ ...DEFAULT_CAPTURE, ...inspection?.configFile?.capture });

/** A value that holds anyway is no choice: then the form says nothing. */
export function changeCapture<K extends CaptureKey>(key: K, value: CaptureOptions[K] | undefined): void {
  const { draft, inspection } = store.getState();
  const { [key]: _before, ...others } = draft.capture ?? {};
  const isChoice = value !== undefined && JSON.stringify(value) !== JSON.stringify(inheritedCapture(inspection)[key]);
  const { capture: _old, ...rest } = draft;
  const capture = { ...others, ...(isChoice && { [key]: value }) };
  keepDraft({ ...rest, ...(Object.keys(capture).length > 0 && { capture }) });
}

/** Typed into the field of an option. `undefined`: the field is left, and shows its value. */
export function typeCapture(key: CaptureKey, text: string | undefined): void {
  const { [key]: typed, ...others } = store.getState().captureTexts;
  const option = CAPTURE_OPTIONS.find((each) => each.key === key);
  const read = text === undefined || !option ? undefined : readCaptureValue(option, text);
  // What is no value stays in the field, for the user to mend.
  const kept = text ?? (typed !== undefined && captureTextProblem(key, typed) ? typed : undefined);
  store.setState({ captureTexts: { ...others, ...(kept !== undefined && { [key]: kept }) } });
  if (read?.ok) changeCapture(key, read.value as never);
}

/** Back to what holds without the form. */
export function resetCapture(key?: CaptureKey): void {
  const { captureTexts, draft } = store.getState();
  if (key === undefined) {
    const { capture: _gone, ...rest } = draft;
    store.setState({ captureTexts: {} });
    keepDraft(rest);
    return;
  }
  const { [key]: _typed, ...others } = captureTexts;
  store.setState({ captureTexts: others });
  changeCapture(key, undefined);
}

/** Why a text is no value of its option. */
export function captureTextProblem(key: CaptureKey, text: string): { readonly message: string; readonly remedy?: string } | undefined {
  const option = CAPTURE_OPTIONS.find((each) => each.key === key);
  const read = option && readCaptureValue(option, text);
  return read && !read.ok ? read.problem : undefined;
}

/** A capture option of the draft is being given something that is no value of it. */
export const hasCaptureProblem = (): boolean =>
  Object.entries(store.getState().captureTexts).some(([key, text]) => captureTextProblem(key as CaptureKey, text ?? '') !== undefined);

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
export const useCaptureTexts = (): CaptureTexts => store((state) => state.captureTexts);
export const useStarting = (): boolean => store((state) => state.starting);
export const launchState = () => store.getState();
