/**
 * The machine beside your script: its load, and the memory that is free. When a run is slow, it shows whose fault it was.
 *
 *     trace-studio run --plugins "examples/plugins/system-load.mjs -f 2" -- script.js
 */
import os from 'node:os';
import { getTracer, pluginArguments, VizPluginBase } from 'trace-studio';

export const version = '1.0.0';
export const description = 'How busy the cores of this machine are, in percent, and how much of its memory is free.';
export const args_schema = {
  options: [{ name: 'frequency', flags: ['-f', '--frequency'], type: 'number', min: 0.1, max: 20, default: 2, unit: 'Hz', help: 'Samples in a second.' }],
};

/** Milliseconds that all cores have worked, and have been there at all. */
function coreTimes() {
  let busy = 0;
  let all = 0;
  for (const { times } of os.cpus()) {
    for (const [kind, ms] of Object.entries(times)) {
      all += ms;
      if (kind !== 'idle') busy += ms;
    }
  }
  return { busy, all };
}

class SystemLoad extends VizPluginBase {
  #periodMs;
  #timer;

  constructor(frequency) {
    super();
    this.#periodMs = 1000 / frequency;
  }

  support_version() {
    return '0.1.0';
  }

  message(type, payload) {
    if (payload.when === 'pre-start') this.#start();
    if (payload.when === 'post-stop') clearInterval(this.#timer);
    return super.message(type, payload);
  }

  #start() {
    let before = coreTimes();
    const sample = () => {
      const now = coreTimes();
      if (now.all > before.all) getTracer()?.counter('cores busy %', { busy: (100 * (now.busy - before.busy)) / (now.all - before.all) });
      getTracer()?.counter('memory free MB', { free: os.freemem() / 1e6 });
      before = now;
    };
    sample(); // At once: a short script has one, too.
    this.#timer = setInterval(sample, this.#periodMs);
  }
}

export const get_vizplugin = (text) => new SystemLoad(pluginArguments(args_schema, text).frequency);
