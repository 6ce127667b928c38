/** Opens a place of the source in the user's editor: a program with arguments, started without a shell and left alone. */
import { spawn } from 'node:child_process';
import { ProblemError } from '../../../core/base/result.ts';
import { findProgram } from '../launch/find-program.ts';
import { splitWords } from '../launch/split-words.ts';
import type { SourcePlace } from './read-source.ts';

/** A program that is not there, or ends with a failure, does so soon. */
const EARLY_MS = 1500;

export interface EditorCommand {
  readonly program: string;
  readonly arguments: readonly string[];
}

/** What the setting means for a place: words first, places afterwards, so that no name of a file becomes two words. Throws ProblemError. */
export function editorCommand(setting: string, { file, line, column }: SourcePlace): EditorCommand {
  const words = splitWords(setting);
  if (!words.ok) throw new ProblemError(words.problem);
  const [program, ...rest] = words.value.map(({ text }) => text);
  if (program === undefined)
    throw new ProblemError({ code: 'no-editor', message: 'No editor is chosen.', remedy: 'Choose one in the settings, or give a command.' });
  if (/\{(?:file|line|column)\}/.test(program)) {
    throw new ProblemError({ code: 'bad-editor', message: 'The command of the editor begins with a place.', remedy: 'Begin it with the name of a program.' });
  }
  const values: Readonly<Record<string, string>> = { file, line: String(line), column: String(Math.max(1, column)) };
  const filled = rest.map((word) => word.replace(/\{(file|line|column)\}/g, (_, name: string) => values[name] ?? ''));
  // A command that names no file opens it all the same.
  return { program, arguments: rest.some((word) => word.includes('{file}')) ? filled : [...filled, file] };
}

export async function openInEditor(setting: string, place: SourcePlace, cwd: string, environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { program, arguments: args } = editorCommand(setting, place);
  const found = await findProgram(program, cwd, environment);
  if (found === undefined) {
    throw new ProblemError({
      code: 'editor-not-found',
      message: `There is no program ${program} on PATH.`,
      remedy: 'Install its command for terminals, or give its whole path in the settings.',
    });
  }
  if (/\.(?:cmd|bat)$/i.test(found)) {
    throw new ProblemError({
      code: 'editor-is-batch',
      message: `${found} is a batch file, and those are not started.`,
      remedy: 'Name the program itself in the settings, for example Code.exe.',
    });
  }
  await started(found, args, environment);
}

function started(program: string, args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true, env: environment as NodeJS.ProcessEnv });
    const settled = setTimeout(resolve, EARLY_MS);
    child.once('error', (error) => {
      clearTimeout(settled);
      reject(new ProblemError({ code: 'editor-failed', message: `${program} could not be started: ${error.message}` }));
    });
    child.once('exit', (code, signal) => {
      clearTimeout(settled);
      if (code === 0) resolve();
      else
        reject(
          new ProblemError({
            code: 'editor-failed',
            message: `${program} ended at once, with ${signal ?? `code ${code}`}.`,
            remedy: 'Check its command in the settings.',
          }),
        );
    });
    child.unref();
  });
}
