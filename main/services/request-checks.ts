/** What a window may send: one check per request of StudioRequests. A request without a check here does not compile. */
import { ProblemError } from '../../core/base/result.ts';
import type { AttachOptions } from '../../core/protocol/attach.ts';
import { CAPTURE_OPTIONS, type CaptureOptions, captureProblem } from '../../core/protocol/capture-options.ts';
import { EXPORT_FORMAT_NAMES, EXPORT_PART_NAMES, EXPORT_TABLES } from '../../core/protocol/export-formats.ts';
import { MAX_MUTE_RULES } from '../../core/protocol/function-rules.ts';
import { MAX_NOTE_CHARS, type NoteChange, type RecordingNote } from '../../core/protocol/notes.ts';
import { MAX_PROFILE_SECONDS } from '../../core/protocol/sampling.ts';
import type { LaunchConfig, PluginChoice } from '../../core/protocol/session-types.ts';
import { DEFAULT_SETTINGS, type ExportQuestion, type RecordingGlance, type Settings, type StudioRequests } from '../../core/protocol/studio-api.ts';
import type { FunctionRule } from '../../core/protocol/target-wire.ts';
import { type Check, filled, flag, id, list, nothing, oneOf, refuse, sha256, shape, text, whole } from './checks.ts';
import { recordingGlance } from './recordings/glances.ts';

// PATH_MAX of Linux; Windows' long paths are shorter than its 32 767 in practice.
const path: Check<string> = (value, where) => {
  const checked = text(4096)(value, where);
  if (checked.trim() === '') throw new ProblemError({ code: 'empty-path', message: 'No path is given.', remedy: 'Type one, or choose a file.' });
  return checked;
};
/** A command line: Linux takes at most 128 KiB per argument. */
const words = text(65_536);
const title = text(1024);
const purpose = oneOf('script', 'folder', 'trace', 'node', 'plugin');

const target: Check<LaunchConfig['target']> = (value, where) => {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  switch (kind) {
    // Empty is what an untouched form sends: the inspection answers it with a sentence beside the field.
    case 'script':
      return { kind, ...shape<{ path: string }>({ path: text(4096) })(value, where) };
    case 'npm-script':
      return { kind, ...shape<{ folder: string; name: string }>({ folder: text(4096), name: text(1024) })(value, where) };
    case 'command':
      return { kind, ...shape<{ command: string }>({ command: words })(value, where) };
    default:
      return refuse(`${where}.kind`, 'must be one of script, npm-script, command');
  }
};

/** Any part of the table; what is in no table is left out. */
const capture: Check<Partial<CaptureOptions>> = (value, where) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(where, 'must be an object');
  const options: Record<string, unknown> = {};
  for (const option of CAPTURE_OPTIONS) {
    if (!Object.hasOwn(value, option.key)) continue;
    const given = (value as Record<string, unknown>)[option.key];
    if (captureProblem(option, given) !== undefined) return refuse(`${where}.${option.key}`, `is no value that ${option.flag} can have`);
    options[option.key] = given;
  }
  return options;
};

export const launchConfig = shape<LaunchConfig>(
  {
    target,
    arguments: words,
    cwd: text(4096),
    environment: list(shape<{ name: string; value: string }>({ name: text(1024), value: text(131_072) }), 1000),
    nodeFlags: words,
    nodePath: text(4096),
    recordEnvironmentValues: flag,
    plugins: list(shape<PluginChoice>({ spec: words, enabled: flag }), 100),
    capture,
    configFile: text(4096),
  },
  ['plugins', 'capture', 'configFile'],
);

/** Its name is that of a function in outside code, and may be anything. */
const functionRule = shape<FunctionRule>({ file: filled(4096), name: text(4096), line: whole(1, 0xffffffff) }, ['name', 'line']);

export const settingsPart = shape<Partial<Settings>>(
  {
    theme: oneOf('system', 'light', 'dark'),
    density: oneOf('compact', 'comfortable'),
    sidebarWidth: whole(0, 10_000),
    trackHeadWidth: whole(0, 10_000),
    inspectorWidth: whole(0, 10_000),
    drawerHeight: whole(0, 10_000),
    layout: text(200_000),
    layouts: list(shape<Settings['layouts'][number]>({ name: filled(100), text: text(200_000) }), 50),
    tracks: text(200_000),
    graphs: text(200_000),
    keys: list(shape<Settings['keys'][number]>({ command: id, keys: text(64) }), 500),
    wheel: oneOf('modern', 'classic'),
    timeFormat: oneOf('elapsed', 'clock'),
    colourBy: oneOf('category', 'name', 'thread'),
    flows: oneOf('selection', 'all', 'none'),
    snap: flag,
    showNotes: flag,
    traceMemory: whole(0, 1_000_000),
    editor: text(4096),
    tourSeen: flag,
  },
  Object.keys(DEFAULT_SETTINGS) as (keyof Settings)[],
);

const EXPORT_CHOICES = ['view', 'fromNs', 'toNs', 'without', 'table', 'thread'] as const;

/** As the recording names it. */
const place = { recording: id, file: filled(4096), line: whole(1, 0xffffffff), column: whole(0, 0xffffffff) };

/** Of a recording that was put together it has a number in front. */
const noteId = filled(80);
const timeNs: Check<number> = (value, where) => (typeof value === 'number' && Number.isFinite(value) ? value : refuse(where, 'must be a finite number'));
const exportQuestion = {
  recording: id,
  format: oneOf(...EXPORT_FORMAT_NAMES),
  view: oneOf('processed', 'raw'),
  fromNs: timeNs,
  toNs: timeNs,
  without: list(oneOf(...EXPORT_PART_NAMES), EXPORT_PART_NAMES.length),
  table: oneOf(...EXPORT_TABLES),
  thread: filled(1024),
};
const noteChange: Check<NoteChange> = (value, where) => {
  if (typeof value === 'object' && value !== null && 'remove' in value) return shape<{ remove: string }>({ remove: noteId })(value, where);
  return shape<{ put: RecordingNote }>({ put: note })(value, where);
};
const note: Check<RecordingNote> = (value, where) => {
  const checked = shape<RecordingNote>({ id: noteId, fromNs: timeNs, toNs: timeNs, text: text(MAX_NOTE_CHARS) })(value, where);
  return checked.toNs >= checked.fromNs ? checked : refuse(where, 'ends before it begins');
};

export const REQUEST_CHECKS: { readonly [K in keyof StudioRequests]: Check<Parameters<StudioRequests[K]>[0]> } = {
  'studio.info': nothing,
  'settings.get': nothing,
  'settings.set': settingsPart,
  'launch.inspect': launchConfig,
  'launch.trustConfig': shape<{ path: string; sha256: string }>({ path, sha256 }),
  'launch.nodes': shape<{ refresh: boolean }>({ refresh: flag }),
  'launch.examples': nothing,
  'launch.recent': nothing,
  'launch.saved': shape<{ folder: string }>({ folder: path }),
  'launch.keep': shape<Parameters<StudioRequests['launch.keep']>[0]>({ folder: path, name: filled(100), config: launchConfig }),
  'launch.forget': shape<{ folder: string; name: string }>({ folder: path, name: filled(100) }),
  'launch.locate': shape<{ name: string; sha256: string; bytes: number }>({ name: filled(255), sha256, bytes: whole(0, Number.MAX_SAFE_INTEGER) }),
  'session.start': launchConfig,
  'session.stop': shape<{ session: string }>({ session: id }),
  'session.restart': shape<{ session: string }>({ session: id }),
  'session.stdin': shape<{ session: string; text: string; end?: boolean }>({ session: id, text: text(1_048_576), end: flag }, ['end']),
  'session.record': shape<{ session: string; on: boolean }>({ session: id, on: flag }),
  'session.snapshot': shape<{ session: string }>({ session: id }),
  'session.mark': shape<{ session: string; name: string }>({ session: id, name: text(200) }),
  'session.mute': shape<Parameters<StudioRequests['session.mute']>[0]>({ session: id, functions: list(functionRule, MAX_MUTE_RULES), muted: flag }),
  'session.saveLast': shape<{ session: string }>({ session: id }),
  'session.sampling': shape<{ session: string; on: boolean }>({ session: id, on: flag }),
  'session.take': shape<Parameters<StudioRequests['session.take']>[0]>(
    { session: id, what: oneOf('cpu-profile', 'heap-snapshot'), path, overwrite: flag, seconds: whole(1, MAX_PROFILE_SECONDS) },
    ['overwrite', 'seconds'],
  ),
  'session.list': nothing,
  'attach.list': nothing,
  'attach.start': shape<Parameters<StudioRequests['attach.start']>[0]>({
    pid: whole(1, 0x7fffffff),
    options: shape<AttachOptions>({ sampling: flag, samplingUs: whole(50, 1_000_000), laterCalls: flag, runtime: flag }, ['samplingUs']),
    config: flag,
  }),
  'plugins.list': nothing,
  'plugins.examine': shape<{ path: string }>({ path }),
  'plugins.add': shape<{ path: string; sha256: string }>({ path, sha256 }),
  'plugins.remove': shape<{ path: string }>({ path }),
  'plugins.create': shape<{ path: string }>({ path }),
  'recordings.recent': nothing,
  'recordings.openRecent': shape<{ ref: string }>({ ref: id }),
  'recordings.openPath': shape<{ path: string }>({ path }),
  'recordings.discard': shape<{ ref: string }>({ ref: id }),
  'recordings.glance': shape<{ recording: string; glance: RecordingGlance }>({ recording: id, glance: recordingGlance }),
  'recordings.list': nothing,
  'recordings.close': shape<{ recording: string }>({ recording: id }),
  'recordings.save': shape<{ recording: string; path?: string; overwrite?: boolean }>({ recording: id, path, overwrite: flag }, ['path', 'overwrite']),
  'notes.beside': shape<{ recording: string }>({ recording: id }),
  'notes.change': shape<Parameters<StudioRequests['notes.change']>[0]>({ recording: id, change: noteChange }),
  'source.read': shape<Parameters<StudioRequests['source.read']>[0]>({ ...place, before: whole(0, 500), after: whole(0, 500) }),
  'source.open': shape<Parameters<StudioRequests['source.open']>[0]>(place),
  'upload.begin': shape<{ name: string; bytes: number }>({ name: filled(255), bytes: whole(0, Number.MAX_SAFE_INTEGER) }),
  'upload.append': shape<{ upload: string }>({ upload: id }),
  'upload.finish': shape<{ upload: string }>({ upload: id }),
  'upload.cancel': shape<{ upload: string }>({ upload: id }),
  'export.start': shape<Parameters<StudioRequests['export.start']>[0]>({ ...exportQuestion, path, overwrite: flag }, [...EXPORT_CHOICES, 'overwrite']),
  'export.preview': shape<ExportQuestion>(exportQuestion, EXPORT_CHOICES),
  'export.picture': shape<Parameters<StudioRequests['export.picture']>[0]>({ path, overwrite: flag }, ['overwrite']),
  'export.cancel': shape<{ job: string }>({ job: id }),
  'dialog.pickOpen': shape<Parameters<StudioRequests['dialog.pickOpen']>[0]>({ purpose, title, folder: path }, ['folder']),
  'dialog.pickSave': shape<Parameters<StudioRequests['dialog.pickSave']>[0]>({ title, suggestedName: text(255), extension: text(32), folder: path }, [
    'folder',
  ]),
  'files.roots': nothing,
  'files.list': shape<Parameters<StudioRequests['files.list']>[0]>({ path, purpose }),
  'window.setDocument': shape<Parameters<StudioRequests['window.setDocument']>[0]>({ title, unsaved: flag, running: whole(0, 1_000_000) }),
  'window.close': shape<Parameters<StudioRequests['window.close']>[0]>({ choice: oneOf('stop-and-close', 'keep-recording', 'cancel') }),
  'window.openExternal': shape<{ url: string }>({ url: filled(8192) }),
  'window.reveal': shape<{ path: string }>({ path }),
};
