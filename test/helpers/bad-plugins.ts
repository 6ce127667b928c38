/**
 * Every row of the reference's exception table and of what else a plugin may do wrong: the same for the tracer, the command line and the
 * window. There a plugin that fails costs the run or the report; here it is told of once.
 */
import type { PluginFailure } from '../../core/protocol/plugins.ts';

export interface BadPlugin {
  readonly title: string;
  readonly spec: string;
  readonly during: PluginFailure['during'];
  readonly message: RegExp;
  /** Takes as long as the limit says. */
  readonly hangs?: boolean;
}

/** By name, to be put beside the script. */
export const BAD_PLUGIN_FILES: Readonly<Record<string, string>> = {
  'throws-at-import.cjs': "throw new TypeError('at import');",
  'imports-missing.cjs': "require('not-installed');",
  'no-hook.cjs': 'exports.other = 1;',
  'hook-no-function.cjs': 'exports.get_vizplugin = 5;',
  // What it does wrong is its second word; the third says at which message.
  'bad.cjs': `
const { VizPluginBase } = require('trace-studio');
const faults = {
  throws() { throw new Error('a fault'); },
  async rejects() { throw new Error('a fault'); },
  hangs() { for (;;); },
  never: () => new Promise(() => {}),
  exits: () => process.exit(7),
  'no-handler': () => ({ action: 'handle_data' }),
  'no-function': () => ({ action: 'handle_data', handler: 5 }),
  number: () => 42,
  unsuccessful: () => ({ success: false }),
  nonsense: () => ({ action: 'handle_data', handler(data) { data.traceEvents = 'nonsense'; } }),
  halfway: () => ({ action: 'handle_data', handler(data) { data.traceEvents.length = 0; throw new Error('halfway'); } }),
};
class Bad extends VizPluginBase {
  constructor(fault, when) { super(); this.fault = fault; this.when = when; }
  support_version() { return '0.1.0'; }
  message(type, payload) { return (payload.when ?? payload.cmd_type) === this.when ? faults[this.fault]() : super.message(type, payload); }
}
exports.get_vizplugin = (text) => {
  const [, fault, when] = text.split(' ');
  if (fault === 'junk') return null;
  if (when === 'hook') return faults[fault]();
  return new Bad(fault, when);
};
`,
};

const bad = (title: string, words: string, message: RegExp, during: PluginFailure['during'], hangs = false): BadPlugin => ({
  title,
  spec: `./bad.cjs ${words}`,
  during,
  message,
  ...(hangs && { hangs }),
});
const MESSAGES = ['initialize', 'pre-start', 'post-stop', 'pre-save', 'terminate'] as const;

export const BAD_PLUGINS: readonly BadPlugin[] = [
  {
    title: 'a module that is missing',
    spec: './not-there.cjs',
    during: 'load',
    message: /^There's no module named \.\/not-there\.cjs, maybe you need to install it/,
  },
  { title: 'a module that throws at import', spec: './throws-at-import.cjs', during: 'load', message: /^TypeError: at import$/ },
  { title: 'a module that imports what is missing', spec: './imports-missing.cjs', during: 'load', message: /^Error: Cannot find module 'not-installed'/ },
  { title: 'no hook', spec: './no-hook.cjs', during: 'load', message: /^Unable to find get_vizplugin in \.\/no-hook\.cjs\. Incorrect plugin\.$/ },
  {
    title: 'a hook that is no function',
    spec: './hook-no-function.cjs',
    during: 'load',
    message: /^Unable to find get_vizplugin as a callable in \.\/hook-no-function\.cjs\. Incorrect plugin\.$/,
  },
  bad('a hook that returns junk', 'junk', /^get_vizplugin has to give a plugin: an object with a method message$/, 'load'),
  bad('a hook that throws', 'throws hook', /^Error: a fault$/, 'load'),
  ...MESSAGES.map((when) => bad(`throwing in ${when}`, `throws ${when}`, /^Error: a fault$/, when)),
  ...MESSAGES.map((when) => bad(`rejecting in ${when}`, `rejects ${when}`, /^Error: a fault$/, when)),
  ...MESSAGES.map((when) => bad(`hanging in ${when}`, `hangs ${when}`, /^it took longer than .+, and was ended$/, when, true)),
  bad('a promise that is never settled', 'never post-stop', /^its promise was not settled within /, 'post-stop', true),
  bad('handle_data without a handler', 'no-handler pre-save', /^it answered handle_data without a handler$/, 'pre-save'),
  bad('a handler that is no function', 'no-function pre-save', /^the handler of its handle_data is a number, not a function$/, 'pre-save'),
  bad('an answer that is a number', 'number post-stop', /^it answered with a number, not with an object$/, 'post-stop'),
  bad('terminate without success', 'unsuccessful terminate', /^Bad failed to process \{'cmd_type': 'terminate'\}$/, 'terminate'),
  bad('a handler that leaves nonsense', 'nonsense pre-save', /^what its handler left is no trace data: traceEvents is a string, not a list$/, 'handle_data'),
  bad('a handler that throws halfway', 'halfway pre-save', /^Error: halfway$/, 'handle_data'),
  bad('calling process.exit', 'exits pre-start', /^it called process\.exit\(7\): a plugin may not end the process$/, 'pre-start'),
];
