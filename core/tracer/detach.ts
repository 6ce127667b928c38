/** What the tracer has changed in a running process, to be taken back when the studio leaves it. */
const undos: (() => void)[] = [];

/** Where a script has put something of its own over a change of ours since, that stays, and ours below it does nothing any more. */
export function onDetach(undo: () => void): void {
  undos.push(undo);
}

/** The last change first. */
export function undoAll(): void {
  for (let undo = undos.pop(); undo; undo = undos.pop()) {
    try {
      undo();
    } catch {
      // A script that has frozen what we changed keeps it.
    }
  }
}
