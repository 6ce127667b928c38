/**
 * A reporter for Vitest: writes what its JSON report leaves out, which tests passed only at a further try, and which were skipped and why.
 * To the file that TOLD_AT_THE_END names.
 */
import { writeFileSync } from 'node:fs';

export default class ToldAtTheEnd {
  #furtherTries = [];
  #skipped = [];

  onTestCaseResult(test) {
    const { flaky, retryCount } = test.diagnostic() ?? {};
    const { state, note } = test.result();
    const where = { file: test.module.moduleId, title: test.fullName };
    if (flaky) this.#furtherTries.push({ ...where, tries: retryCount + 1 });
    if (state === 'skipped') this.#skipped.push({ ...where, reason: note });
  }

  onTestRunEnd() {
    if (process.env.TOLD_AT_THE_END) writeFileSync(process.env.TOLD_AT_THE_END, JSON.stringify({ furtherTries: this.#furtherTries, skipped: this.#skipped }));
  }
}
