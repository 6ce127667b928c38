/** Every command by name, or every track: type a few letters, Enter does it. */
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { keysNow, SHORTCUTS } from '../features/settings/index.ts';
import { layoutState } from '../state/layout-store.ts';
import { showPanel } from '../state/panel-store.ts';
import { revealTrack } from '../state/selection.ts';
import { changeSettings, settingsState } from '../state/settings-store.ts';
import { type TimelineControl, useTimelineControl } from '../state/timeline-control.ts';
import { traceState } from '../state/trace-store.ts';
import { Dialog, Kbd, TextField } from '../widgets/index.ts';
import './command-palette.css';
import { missingFor } from './missing.ts';
import { MOST_SHOWN, matchItems, type PaletteItem } from './palette-items.ts';
import { PANELS } from './panels.ts';
import type { Actions } from './use-actions.ts';
import { perform } from './use-shortcuts.ts';
import { words } from './words.ts';

interface PaletteProps {
  readonly of: 'commands' | 'tracks';
  readonly actions: Actions;
  readonly onClose: () => void;
}

export function CommandPalette({ of, actions, onClose }: PaletteProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const timeline = useTimelineControl();
  const items = useMemo(() => (of === 'commands' ? commandItems(actions) : trackItems(timeline)), [of, actions, timeline]);
  const found = useMemo(() => matchItems(items, text), [items, text]);
  const shown = found.slice(0, MOST_SHOWN);
  const active = Math.min(at, shown.length - 1);

  const choose = (item: PaletteItem | undefined) => {
    if (!item || item.missing !== undefined) return;
    onClose();
    item.run();
  };
  const move = (to: number) => {
    const next = Math.max(0, Math.min(shown.length - 1, to));
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') move(active + 1);
    else if (event.key === 'ArrowUp') move(active - 1);
    else if (event.key === 'PageDown') move(active + 10);
    else if (event.key === 'PageUp') move(active - 10);
    else if (event.key === 'Enter') choose(shown[active]);
    else return;
    event.preventDefault();
  };
  const title = of === 'commands' ? 'All commands' : 'Find a track';
  return (
    <Dialog open onClose={onClose} title={title} width={560}>
      <div className="palette">
        <TextField
          value={text}
          onChange={(next) => {
            setText(next);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          role="combobox"
          aria-label={title}
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={shown.length > 0 ? `${id}-${active}` : undefined}
          placeholder={of === 'commands' ? words.palettePrompt : words.paletteLabel}
        />
        <div className="palette-list" id={`${id}-list`} role="listbox" aria-label={title} ref={list}>
          {shown.map((item, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys.
            <div
              key={item.id}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              aria-disabled={item.missing !== undefined}
              className={`palette-item ${index === active ? 'palette-active' : ''} ${item.missing === undefined ? '' : 'palette-off'}`}
              onClick={() => choose(item)}
              onPointerMove={() => setAt(index)}
            >
              <bdi className="ellipsis">{item.label}</bdi>
              <span className="t3 ellipsis">{item.missing ?? item.where}</span>
              <span className="grow" />
              {item.keys !== '' && <Kbd>{item.keys}</Kbd>}
            </div>
          ))}
        </div>
        <p className="palette-count t3" role="status">
          {found.length === 0 ? words.paletteNone : found.length > shown.length ? words.countOf(shown.length, found.length) : ''}
        </p>
      </div>
    </Dialog>
  );
}

function commandItems(actions: Actions): readonly PaletteItem[] {
  const { layouts } = settingsState();
  const hasTrace = traceState().active !== undefined;
  const plain = (id: string, label: string, where: string, run: () => void): PaletteItem => ({ id, label, where, keys: '', run });
  return [
    ...SHORTCUTS.filter((each) => each.id !== 'palette').map((each) => ({
      id: each.id,
      label: each.label,
      where: each.group,
      keys: keysNow(each)[0] ?? '',
      missing: missingFor(each.id),
      run: () => void perform(each.id, actions),
    })),
    ...(hasTrace ? PANELS.map((panel) => plain(`panel ${panel.id}`, `Show ${panel.title}`, 'Panels', () => showPanel(panel.id))) : []),
    ...(hasTrace
      ? layouts.map((each) => plain(`layout ${each.name}`, `Arrange as ${each.name}`, 'Panels', () => layoutState().control?.apply(each.text)))
      : []),
    ...(['category', 'name', 'thread'] as const).map((by) =>
      plain(`colour ${by}`, `Colour slices by ${by}`, 'Timeline', () => changeSettings({ colourBy: by })),
    ),
    plain('clock', 'Ruler: as a clock', 'Timeline', () => changeSettings({ timeFormat: 'clock' })),
    plain('elapsed', 'Ruler: since the start', 'Timeline', () => changeSettings({ timeFormat: 'elapsed' })),
    ...(['modern', 'classic'] as const).map((wheel) =>
      plain(`wheel ${wheel}`, wheel === 'modern' ? 'Wheel scrolls, with Ctrl it zooms' : 'Wheel zooms, with Ctrl it scrolls', 'Timeline', () =>
        changeSettings({ wheel }),
      ),
    ),
    ...(['system', 'light', 'dark'] as const).map((theme) => plain(`theme ${theme}`, `Theme: ${theme}`, 'View', () => changeSettings({ theme }))),
  ];
}

function trackItems(timeline: TimelineControl | undefined): readonly PaletteItem[] {
  const { active } = traceState();
  return (timeline?.tracks() ?? []).map(({ track, title, where }) => ({
    id: `${track}`,
    label: title,
    where,
    keys: '',
    run: () => active !== undefined && revealTrack(active, track),
  }));
}
