/**
 * `node --require register.cjs dist/main/main.cjs`: puts the stand-in in the place of the module `electron`, in the main process and in
 * its utility processes. The app's own files are not touched.
 */
import Module from 'node:module';
import path from 'node:path';

const isUtility = process.env.STANDIN_PROCESS === 'utility';
const folder = __dirname;
const standin = path.join(folder, isUtility ? 'utility-main.cjs' : 'electron-main.cjs');

const resolver = Module as unknown as { _resolveFilename: (request: string, ...rest: unknown[]) => string };
const resolve = resolver._resolveFilename;
resolver._resolveFilename = function (this: unknown, request, ...rest) {
  if (request === 'electron' || request === 'electron/main' || request === 'electron/common') return standin;
  return resolve.call(this, request, ...rest);
};

// The words of a packaged app follow its executable at once.
const main = process.argv[1];
if (process.env.STANDIN_PACKAGED === '1' && !isUtility) process.argv.splice(1, 1);
process.env.STANDIN_MAIN = main;
process.env.STANDIN_REGISTER = path.join(folder, 'register.cjs');
Object.assign(process.versions, { electron: `${process.env.STANDIN_ELECTRON_VERSION ?? '0.0.0'}-standin` });
Object.assign(process, { type: isUtility ? 'utility' : 'browser', resourcesPath: process.env.STANDIN_RESOURCES ?? '' });
if (isUtility) require(standin);
