/** What a run that keeps only the newest has at one moment, as a report of its own beside the run's. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { reportFormat } from './report-format.ts';

/** `result.json.gz`, 2: `result.2.json.gz`. */
export const asideName = (output: string, number: number): string => output.replace(/(\.json(?:\.gz)?|\.tsr)$/i, `.${number}$1`);

export interface AsideOptions {
  /** The run's own report. */
  readonly output: string;
  /** Beside which the copy lies that the report is made of. */
  readonly recording: string;
  /** Saves what is kept now. */
  readonly copy: (file: string) => Promise<unknown>;
  readonly write: (source: string, output: string) => Promise<unknown>;
  readonly tell: (line: string) => void;
}

/** One after the other, each with the next number that is free. A failure is told, and the run goes on. */
export class SavesAside {
  readonly #options: AsideOptions;
  #number = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: AsideOptions) {
    this.#options = options;
  }

  /** `why` begins the sentence that tells of it. */
  save(why: string): void {
    this.#saving = this.#saving.then(() => this.#save(why));
  }

  /** Resolves when nothing is being saved any more. */
  settled(): Promise<void> {
    return this.#saving;
  }

  async #save(why: string): Promise<void> {
    const { output, recording, copy, write, tell } = this.#options;
    do this.#number++;
    while (existsSync(asideName(output, this.#number)));
    const target = asideName(output, this.#number);
    const source = `${recording}.${this.#number}.tsr`;
    try {
      if (reportFormat(target) === 'recording') await copy(target);
      else {
        await copy(source);
        await write(source, target);
      }
      tell(`${why}: wrote ${path.relative('', target) || target}.`);
    } catch (error) {
      tell(`${why}: ${target} could not be written: ${(error as Error).message}`);
    } finally {
      await rm(source, { force: true });
    }
  }
}
