/** The plugin that “New plugin…” begins with: one of everything, and it works as it is. */
import path from 'node:path';
import { STUDIO_VERSION } from '../../../core/protocol/version.ts';
import { PLUGIN_EXTENSIONS } from './plugin-file.ts';

export const isPluginName = (file: string): boolean => PLUGIN_EXTENSIONS.includes(path.extname(file).toLowerCase());

export function pluginTemplate(file: string): string {
  const extension = path.extname(file).toLowerCase();
  const typed = extension.endsWith('ts');
  const required = extension.startsWith('.c');
  const title = path.basename(file, path.extname(file));
  const name = className(title);
  /** Only in TypeScript. */
  const t = (annotation: string) => (typed ? annotation : '');
  const names = 'getTracer, pluginArguments, VizCounter, VizPluginBase';
  const head = required ? `const { ${names} } = require('trace-studio');` : `import { ${names} } from 'trace-studio';`;
  const types = typed ? `import type { ArgsSchema, PluginAnswer, PluginMessageType, PluginPayload, TraceData } from 'trace-studio';\n` : '';
  const exported = required ? '' : 'export ';
  return `${types}${head}

${exported}const version = '1.0.0';
${exported}const description = 'Counts the seconds of a run.';

/** What the window makes its form of. */
${exported}const args_schema${t(': ArgsSchema')} = {
  options: [
    { name: 'frequency', flags: ['-f', '--frequency'], type: 'number', min: 0.1, max: 100, default: 10, unit: 'Hz', help: 'Samples in a second' },
  ],
};

class ${name} extends VizPluginBase {
  #everyMs${t(': number')};
  #timer${t(': NodeJS.Timeout | undefined')};

  constructor(frequency${t(': number')}) {
    super();
    this.#everyMs = 1000 / frequency;
  }

  /** The newest version of Trace Studio that this plugin is made for. */
  ${t('override ')}supportVersion()${t(': string')} {
    return '${STUDIO_VERSION}';
  }

  /** Called at each step of a run. What it returns is the answer. */
  ${t('override ')}message(type${t(': PluginMessageType')}, payload${t(': PluginPayload')})${t(': PluginAnswer')} {
    if (payload.when === 'pre-start') this.#start();
    if (payload.when === 'post-stop') clearInterval(this.#timer);
    // Before the data is saved, a plugin may change it.
    if (payload.when === 'pre-save') return { action: 'handle_data', handler: (data${t(': TraceData')}) => this.#handle(data) };
    return super.message(type, payload)${t(' as PluginAnswer')};
  }

  #start()${t(': void')} {
    const began = Date.now();
    const counter = new VizCounter${t('<{ seconds: number }>')}(getTracer(), 'running for');
    this.#timer = setInterval(() => {
      counter.seconds = (Date.now() - began) / 1000;
    }, this.#everyMs);
    // A plugin does not keep the script alive.
    this.#timer.unref();
  }

  /** The events of this process, to be changed in place: here one more, at the end. */
  #handle(data${t(': TraceData')})${t(': void')} {
    const last = data.traceEvents.findLast((event) => event.ph !== 'M');
    if (last) data.traceEvents.push({ ...last, ph: 'i', s: 'p', name: 'seen by ${title}', cat: 'plugin', args: { events: data.traceEvents.length } });
  }
}

/** The hook. It gets the whole text as typed: "${path.basename(file)} -f 10". */
${exported}function get_vizplugin(text${t(': string')})${t(': VizPluginBase')} {
  const { frequency } = pluginArguments(args_schema, text);
  return new ${name}(Number(frequency));
}
${required ? `\nmodule.exports = { version, description, args_schema, get_vizplugin };\n` : ''}`;
}

/** `my-plugin` becomes MyPlugin. */
function className(base: string): string {
  const words = base.match(/[A-Za-z0-9]+/g) ?? [];
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^[A-Z]/.test(name) ? name : `Plugin${name}`;
}
