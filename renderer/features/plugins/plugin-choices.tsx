import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, CircleX, GripVertical, Plus, Puzzle, ShieldQuestion, Trash2 } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { parseArguments } from '../../../core/plugin-api/args-schema.ts';
import type { PluginChoice } from '../../../core/protocol/session-types.ts';
import type { PluginEntry, PluginInspection } from '../../../core/protocol/studio-api.ts';
import { useClients } from '../../state/clients.tsx';
import { useDraft, useInspection } from '../../state/launch-store.ts';
import { addChoice, moveChoice, refreshPlugins, removeChoice, setChoice, usePlugins } from '../../state/plugin-store.ts';
import { baseName } from '../../state/words.ts';
import { Badge, Button, EmptyState, Icon, IconButton, Menu, type MenuEntry, TextField, Toggle } from '../../widgets/index.ts';
import { joinSpec, splitSpec } from './argument-text.ts';
import { ArgumentsEditor } from './arguments-editor.tsx';
import './plugin-choices.css';
import { inspectionAt, isEntry } from './same-plugin.ts';
import { usePluginActions } from './use-plugin-actions.ts';
import { words } from './words.ts';

/** The plugins of the run configuration, in their order: the section of its dialog. */
export function PluginChoices({ onManage }: { readonly onManage: () => void }) {
  const { studio } = useClients();
  const actions = usePluginActions();
  const choices = useDraft().plugins ?? [];
  const inspection = useInspection();
  const entries = usePlugins((state) => state.entries);
  const isListing = usePlugins((state) => state.entries === undefined && state.problem === undefined);
  const [open, setOpen] = useState<number | undefined>();
  const [dragged, setDragged] = useState<number | undefined>();
  const [over, setOver] = useState<number | undefined>();
  const list = useRef<HTMLUListElement>(null);
  const focusAfter = useRef<string | undefined>(undefined);

  useEffect(() => void refreshPlugins(studio), [studio]);
  // A row that was moved by the keyboard keeps the focus.
  useEffect(() => {
    if (focusAfter.current === undefined) return;
    list.current?.querySelector<HTMLElement>(focusAfter.current)?.focus();
    focusAfter.current = undefined;
  });

  const move = (from: number, to: number) => {
    if (to < 0 || to >= choices.length || from === to) return;
    moveChoice(from, to);
    if (open === from) setOpen(to);
    else setOpen(undefined);
  };

  const add: readonly MenuEntry[] = [
    ...(entries ?? []).map(
      (entry): MenuEntry => ({
        label: entry.title,
        meta: entry.trust === 'missing' ? 'not there' : entry.trust === 'changed' ? 'changed' : entry.builtIn ? 'built in' : 'added',
        onSelect: () => addChoice(joinSpec({ module: entry.module, text: '' })),
      }),
    ),
    ...((entries?.length ?? 0) > 0 ? [{ kind: 'line' } as const] : []),
    { label: 'From a file…', onSelect: actions.addFromFile },
    {
      label: 'By name or path',
      onSelect: () => {
        addChoice('');
        setOpen(choices.length);
        focusAfter.current = `[data-row="${choices.length}"] .choice-module input`;
      },
    },
  ];

  return (
    <div className="choices-section">
      {choices.length === 0 ? (
        <EmptyState icon={Puzzle} title={words.noneChosen}>
          {words.noneChosenText}
        </EmptyState>
      ) : (
        <ul className="choices" aria-label={words.pluginsInOrder} ref={list}>
          {choices.map((choice, index) => (
            <ChoiceRow
              // biome-ignore lint/suspicious/noArrayIndexKey: the place is what a choice is known by; two may be the same.
              key={index}
              choice={choice}
              index={index}
              last={index === choices.length - 1}
              entry={entries?.find((entry) => isEntry(entry, { module: splitSpec(choice.spec).module, file: inspectionAt(choices, index, inspection)?.file }))}
              inspected={inspectionAt(choices, index, inspection)}
              open={open === index}
              mark={over === index && dragged !== undefined && dragged !== index ? (dragged < index ? 'below' : 'above') : undefined}
              onOpen={() => setOpen(open === index ? undefined : index)}
              onMove={(to, focus) => {
                if (focus && to >= 0 && to < choices.length) focusAfter.current = `[data-row="${to}"] .choice-grip`;
                move(index, to);
              }}
              onRemove={() => {
                removeChoice(index);
                setOpen(undefined);
              }}
              drag={{
                start: () => setDragged(index),
                over: () => setOver(index),
                end: () => {
                  setDragged(undefined);
                  setOver(undefined);
                },
                drop: () => {
                  if (dragged !== undefined) move(dragged, index);
                  setDragged(undefined);
                  setOver(undefined);
                },
                active: dragged !== undefined,
              }}
            />
          ))}
        </ul>
      )}
      <div className="choices-foot">
        <Menu
          trigger={
            // Not before it is known what there is: entries that come later would move others from under the pointer.
            <Button icon={Plus} disabled={isListing}>
              {words.addPlugin}
              <Icon of={ChevronDown} size="xs" />
            </Button>
          }
          entries={add}
        />
        <Button kind="quiet" onClick={onManage}>
          {words.managePlugins}
        </Button>
        {choices.length > 1 && <span className="t3 label">{words.orderText}</span>}
      </div>
    </div>
  );
}

interface Drag {
  readonly active: boolean;
  start(): void;
  over(): void;
  end(): void;
  drop(): void;
}

interface ChoiceRowProps {
  readonly choice: PluginChoice;
  readonly index: number;
  readonly last: boolean;
  readonly entry: PluginEntry | undefined;
  readonly inspected: PluginInspection | undefined;
  readonly open: boolean;
  readonly mark: 'above' | 'below' | undefined;
  readonly onOpen: () => void;
  readonly onMove: (to: number, focus: boolean) => void;
  readonly onRemove: () => void;
  readonly drag: Drag;
}

function ChoiceRow({ choice, index, last, entry, inspected, open, mark, onOpen, onMove, onRemove, drag }: ChoiceRowProps) {
  const actions = usePluginActions();
  const parts = splitSpec(choice.spec);
  const title = entry?.title ?? (baseName(parts.module) || 'Unnamed plugin');
  const schema = entry?.argsSchema ?? inspected?.argsSchema;
  const wrong = schema ? parseArguments(schema, parts.text).problems : [];
  const problem = choice.enabled ? inspected?.problem : undefined;
  const notRunning = problem && problem.code !== 'plugin-arguments' ? problem : undefined;
  const bad = choice.enabled && (notRunning !== undefined || wrong.length > 0);
  const onKey = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (by === 0) return;
    event.preventDefault();
    onMove(index + by, true);
  };
  let status: ReactNode;
  if (notRunning?.code === 'plugin-untrusted') status = <Badge tone="warn">{words.notTrusted}</Badge>;
  else if (notRunning?.code === 'plugin-changed') status = <Badge tone="warn">{words.changed}</Badge>;
  else if (notRunning) status = <Badge tone="error">{words.notFound}</Badge>;
  else if (wrong.length > 0 && choice.enabled) status = <Badge tone="error">{wrong.length === 1 ? words.oneProblem : words.problems(wrong.length)}</Badge>;

  return (
    <li
      className="choice-row"
      data-row={index}
      data-off={!choice.enabled || undefined}
      data-mark={mark}
      aria-label={title}
      onDragOver={(event) => {
        if (!drag.active) return;
        event.preventDefault();
        drag.over();
      }}
      onDrop={(event) => {
        if (!drag.active) return;
        event.preventDefault();
        event.stopPropagation();
        drag.drop();
      }}
    >
      <div className="choice-line-head">
        <button
          type="button"
          className="choice-grip"
          draggable
          aria-label={words.moveFrom(title, index + 1)}
          title={words.moveHow}
          onKeyDown={onKey}
          onDragStart={(event) => {
            event.dataTransfer.effectAllowed = 'move';
            event.dataTransfer.setData('text/plain', choice.spec);
            drag.start();
          }}
          onDragEnd={drag.end}
        >
          <Icon of={GripVertical} />
        </button>
        <Toggle checked={choice.enabled} onChange={(enabled) => setChoice(index, { enabled })} label={words.isOn(title)} />
        <button type="button" className="choice-open" aria-expanded={open} onClick={onOpen}>
          <Icon of={open ? ChevronDown : ChevronRight} size="xs" />
          <span className="visually-hidden">{words.argumentsOf} </span>
          <span className="medium choice-title ellipsis">{title}</span>
          {entry?.version !== undefined && <span className="t3 label">{entry.version}</span>}
          <span className="mono choice-text ellipsis">{parts.text}</span>
        </button>
        {status}
        <IconButton icon={ArrowUp} size="s" label={words.moveUp(title)} disabled={index === 0} onClick={() => onMove(index - 1, false)} />
        <IconButton icon={ArrowDown} size="s" label={words.moveDown(title)} disabled={last} onClick={() => onMove(index + 1, false)} />
        <IconButton icon={Trash2} size="s" label={words.removeFromRun(title)} onClick={onRemove} />
      </div>
      {notRunning && (
        <div className="choice-problem field-error" role="alert">
          <Icon of={CircleX} />
          <span>
            {notRunning.message} {notRunning.remedy}{' '}
            {inspected?.file !== undefined && (notRunning.code === 'plugin-untrusted' || notRunning.code === 'plugin-changed') && (
              <Button
                size="s"
                icon={ShieldQuestion}
                data-problem={bad || undefined}
                onClick={() => inspected.file !== undefined && actions.trust(inspected.file)}
              >
                {words.lookAtIt}
              </Button>
            )}
          </span>
        </div>
      )}
      {(open || (bad && wrong.length > 0)) && (
        <div className="choice-body">
          {entry === undefined && (
            <div className="choice-module">
              <label className="medium" htmlFor={`choice-module-${index}`}>
                {words.module}
              </label>
              <TextField
                id={`choice-module-${index}`}
                mono
                value={parts.module}
                bad={notRunning !== undefined}
                placeholder={words.modulePlaceholder}
                onChange={(module) => setChoice(index, { spec: joinSpec({ module: module.trim(), text: parts.text }) })}
              />
            </div>
          )}
          <ArgumentsEditor
            title={title}
            module={title}
            schema={schema}
            unasked={inspected === undefined || notRunning !== undefined}
            text={parts.text}
            onChange={(text) => setChoice(index, { spec: joinSpec({ module: parts.module, text }) })}
          />
        </div>
      )}
    </li>
  );
}
