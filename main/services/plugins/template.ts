/** The plugin that “New plugin…” begins with: one of everything, and it works as it is. */
import path from 'node:path';
import { PLUGIN_EXTENSIONS } from './plugin-file.ts';

export const isPluginName = (file: string): boolean => PLUGIN_EXTENSIONS.includes(path.extname(file).toLowerCase());

export function pluginTemplate(file: string): string {
  const extension = path.extname(file).toLowerCase();
  const typed = extension.endsWith('ts');
  const required = extension.startsWith('.c');
  const name = className(path.basename(file, path.extname(file)));
  const typesOnly = typed ? `import type { PluginMessage, TraceData } from 'trace-studio';\n` : '';
  const head = required
    ? `const { getTracer, VizCounter, VizPluginBase } = require('trace-studio');`
    : `import { getTracer, VizCounter, VizPluginBase } from 'trace-studio';`;
  const t = (annotation: string) => (typed ? annotation : '');
  const jsdoc = (text: string) => (typed ? '' : `${text}\n`);
  return `${typesOnly}${head}

/** What the window makes its form of. */
${required ? 'const' : 'export const'} args_schema = {
  description: 'Counts the seconds of a run.',
  options: [
    { name: 'frequency', flags: ['-f', '--frequency'], type: 'number', min: 0.1, max: 100, default: 10, unit: 'Hz', help: 'Samples in a second' },
  ],
}${t(' as const')};

class ${name} extends VizPluginBase {
  ${t('readonly ')}#everyMs${t(': number')};
  #timer${t(': NodeJS.Timeout | undefined')};

  constructor(frequency${t(': number')}) {
    super();
    this.#everyMs = 1000 / frequency;
  }

  /** The newest version of Trace Studio that this plugin is made for. */
  supportVersion()${t(': string')} {
    return '0.1.0';
  }

${jsdoc('  /** Called for each step of the run. What is returned is the answer. */')}  message(type${t(': string')}, payload${t(': PluginMessage')})${t(': object')} {
    if (type === 'event' && payload.when === 'pre-start') this.#start();
    if (type === 'event' && payload.when === 'post-stop') clearInterval(this.#timer);
    // Before the data is saved, a plugin may change it.
    if (type === 'event' && payload.when === 'pre-save') return { action: 'handle_data', handler: (data${t(': TraceData')}) => this.#handle(data) };
    return { success: true };
  }

  #start()${t(': void')} {
    const began = Date.now();
    const counter = new VizCounter${t('<{ seconds: number }>')}(getTracer(), 'running for');
    this.#timer = setInterval(() => {
      counter.seconds = (Date.now() - began) / 1000;
    }, this.#everyMs);
    // A plugin must not keep the script alive.
    this.#timer.unref();
  }

${jsdoc('  /** The events of this process, to be changed in place. */')}  #handle(data${t(': TraceData')})${t(': void')} {
    data.viztracer_metadata = { ...data.viztracer_metadata, handled_by: '${name}' };
  }
}

/** The hook: gets the whole text as typed, "${path.basename(file)} -f 10". */
${required ? '' : 'export '}function get_vizplugin(text${t(': string')})${t(': VizPluginBase')} {
  const frequency = Number(/(?:-f|--frequency)[ =]([\\d.]+)/.exec(text)?.[1] ?? 10);
  return new ${name}(frequency);
}
${required ? `\nmodule.exports = { args_schema, get_vizplugin };\n` : ''}`;
}

/** \`my-plugin\` becomes MyPlugin. */
function className(base: string): string {
  const words = base.match(/[A-Za-z0-9]+/g) ?? [];
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^[A-Z]/.test(name) ? name : `Plugin${name}`;
}
