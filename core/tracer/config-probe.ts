/** A process of its own, for one question: what a config file in JavaScript or TypeScript exports. Answers `{ config }`. */
import { probeModule } from './module-probe.ts';

probeModule('config-probe.mjs', async ({ module, name, answer }) => {
  // That of a CommonJS module, and of one that was compiled from an ES module, lies deeper.
  let config: unknown = module;
  for (let depth = 0; depth < 3 && typeof config === 'object' && config !== null && 'default' in config; depth++) config = await config.default;
  if (config === module) return answer({ problem: { message: `${name} exports no config: it needs a default export.` } });
  try {
    // What JSON leaves out is told by its kind.
    answer({ config: typeof config === 'object' ? config : `a ${typeof config}` });
  } catch (error) {
    answer({ problem: { message: `What ${name} exports is not what JSON can hold: ${String(error).split('\n')[0]}` } });
  }
});
