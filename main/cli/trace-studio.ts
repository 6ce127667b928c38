/**
 * The command `trace-studio`. This bundle only reads the words; what a command needs is in a bundle of its own, loaded when it
 * is meant, so that `run` starts as fast as Node lets it.
 */
import { problemInWords } from '../../core/base/result.ts';
import { STUDIO_VERSION } from '../../core/protocol/version.ts';
import { readCommandLine } from './command-line.ts';
import { helpText } from './help.ts';

// Of the bundle: to make another one takes a millisecond.
const load = require;

async function main(words: readonly string[]): Promise<number> {
  const read = readCommandLine(words);
  if (!read.ok) {
    process.stderr.write(`trace-studio: ${problemInWords(read.problem)}\n`);
    return 2;
  }
  const command = read.value;
  switch (command.kind) {
    case 'help':
      process.stdout.write(helpText(command.about));
      return 0;
    case 'version':
      process.stdout.write(`${STUDIO_VERSION}\n`);
      return 0;
    case 'run':
      return (load('./run.cjs') as typeof import('./run.ts')).run(command);
    case 'attach':
      return (load('./attach.cjs') as typeof import('./attach.ts')).attachCommand(command);
    case 'export':
      return (load('./export.cjs') as typeof import('./export.ts')).exportRecording(command);
    case 'convert':
    case 'combine':
    case 'info':
    case 'stats':
    case 'check':
      return (load('./traces.cjs') as typeof import('./traces.ts')).traceCommand(command);
    case 'serve':
      return (load('./studio.cjs') as typeof import('./studio.ts')).serve(command);
    case 'open':
      return (load('./studio.cjs') as typeof import('./studio.ts')).open(command);
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`trace-studio: ${error instanceof Error ? problemInWords(error) : String(error)}\n`);
    process.exit(1);
  },
);
