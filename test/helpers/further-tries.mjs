/** A reporter for Vitest: writes which tests passed only at a further try, which its JSON report leaves out. To the file that FURTHER_TRIES names. */
import { writeFileSync } from 'node:fs';

export default class FurtherTries {
  #found = [];

  onTestCaseResult(test) {
    const { flaky, retryCount } = test.diagnostic() ?? {};
    if (flaky) this.#found.push({ file: test.module.moduleId, title: test.fullName, tries: retryCount + 1 });
  }

  onTestRunEnd() {
    if (process.env.FURTHER_TRIES) writeFileSync(process.env.FURTHER_TRIES, JSON.stringify(this.#found));
  }
}
