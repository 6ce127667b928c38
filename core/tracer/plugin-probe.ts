/** A process of its own, for one question: what a plugin's module says of itself. Answers `{ version, description, args_schema, hook }`. */
import { exported, probeModule } from './module-probe.ts';

const isText = (value: unknown): boolean => typeof value === 'string';
const isFunction = (value: unknown): boolean => typeof value === 'function';

probeModule('plugin-probe.mjs', ({ module, name, answer }) => {
  const facts = {
    version: exported(module, ['version'], isText),
    description: exported(module, ['description'], isText),
    hook: exported(module, ['get_vizplugin', 'getVizPlugin'], isFunction) !== undefined,
  };
  try {
    answer({ ...facts, args_schema: exported(module, ['args_schema', 'argsSchema'], (value) => value !== undefined) });
  } catch (error) {
    answer({ ...facts, problem: { message: `The args_schema of ${name} is not what JSON can hold: ${String(error).split('\n')[0]}` } });
  }
});
