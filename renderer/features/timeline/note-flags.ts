/** Notes over the timeline: a flag in the ruler and a line through the tracks, for a range its extent. Elements that are moved, those in sight only. */
import { clipText } from '../../drawing/format.ts';
import { goToNote, type Note, notesState } from '../../state/notes-store.ts';
import { settingsState } from '../../state/settings-store.ts';
import { showDialog } from '../../state/window-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import type { Scene } from './timeline-picture.ts';
import { words } from './words.ts';

const LABEL_PX = 130;
const ICON_PX = 14;
/** More would be a wall of lines. */
const MOST_IN_SIGHT = 200;

interface Flag {
  readonly button: HTMLButtonElement;
  readonly text: HTMLElement;
  readonly line: HTMLElement;
  note: Note | undefined;
}

export class NoteFlags {
  private readonly trace: TraceId;
  private readonly host: HTMLElement;
  private readonly flags: Flag[] = [];

  constructor(trace: TraceId, host: HTMLElement) {
    this.trace = trace;
    this.host = host;
  }

  end(): void {
    for (const { button, line } of this.flags) {
      button.remove();
      line.remove();
    }
  }

  update(scene: Scene): void {
    const { fromNs, toNs } = scene.range;
    const pixels = (scene.width - scene.left) / (toNs - fromNs);
    let used = 0;
    let free = Number.NEGATIVE_INFINITY;
    for (const note of settingsState().showNotes ? notesState(this.trace) : []) {
      if (note.fromNs > toNs || note.toNs < fromNs || used >= MOST_IN_SIGHT) continue;
      const flag = this.flagAt(used++);
      const x = Math.round(scene.left + (Math.max(note.fromNs, fromNs) - fromNs) * pixels);
      const end = Math.round(scene.left + (Math.min(note.toNs, toNs) - fromNs) * pixels);
      const isWide = x >= free;
      if (flag.note !== note) {
        flag.note = note;
        flag.text.textContent = clipText(note.text, 60);
        flag.button.title = clipText(note.text, 400);
        flag.button.setAttribute('aria-label', words.note(clipText(note.text, 100)));
      }
      flag.text.hidden = !isWide;
      free = Math.max(free, x + (isWide ? LABEL_PX : ICON_PX));
      flag.button.style.transform = `translate(${Math.min(x, scene.width - ICON_PX)}px, 0)`;
      flag.line.classList.toggle('tl-note-range', note.toNs > note.fromNs);
      flag.line.style.transform = `translate(${x}px, 0)`;
      flag.line.style.width = `${Math.max(1, end - x)}px`;
      flag.line.style.height = `${scene.height}px`;
    }
    for (let k = used; k < this.flags.length; k++) {
      const { button, line } = this.flags[k] as Flag;
      button.hidden = true;
      line.hidden = true;
    }
  }

  private flagAt(index: number): Flag {
    let flag = this.flags[index];
    if (!flag) {
      flag = this.made();
      this.flags.push(flag);
    }
    flag.button.hidden = false;
    flag.line.hidden = false;
    return flag;
  }

  private made(): Flag {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'tl-note';
    // By keyboard the list of notes does the same: many flags would be many stops on the way.
    button.tabIndex = -1;
    const text = document.createElement('bdi');
    text.className = 'ellipsis';
    button.append(text);
    const line = document.createElement('div');
    line.className = 'tl-note-line';
    const flag: Flag = { button, text, line, note: undefined };
    button.addEventListener('click', () => flag.note && goToNote(this.trace, flag.note));
    button.addEventListener('dblclick', () => flag.note && showDialog({ kind: 'note', trace: this.trace, note: flag.note }));
    // The ruler begins a selection where it is pressed.
    button.addEventListener('pointerdown', (event) => event.stopPropagation());
    this.host.append(line, button);
    return flag;
  }
}
