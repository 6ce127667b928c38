import { type ReactNode, useEffect, useRef } from 'react';
import type { Settings } from '../../../core/protocol/studio-api.ts';
import { useLibrary } from '../../state/library-store.ts';
import { memoryChoices } from '../../state/memory-choices.ts';
import { changeSettings, useSettings } from '../../state/settings-store.ts';
import { showDialog } from '../../state/window-store.ts';
import { Button, Dialog, Segments, Select, TextField, Toggle } from '../../widgets/index.ts';
import { EDITORS } from './editors.ts';
import './help-dialogs.css';
import './settings-dialog.css';
import { words } from './words.ts';

interface SettingsDialogProps {
  /** The part that is asked for. */
  readonly page?: 'editor' | undefined;
  readonly onClose: () => void;
}

/** Each choice acts at once and is kept for the next window. */
export function SettingsDialog({ page, onClose }: SettingsDialogProps) {
  const settings = useSettings();
  const keepRule = useLibrary((library) => library.info?.keepRule);
  const opensEditor = useLibrary((library) => library.info?.opensEditor === true);
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.settings}
      width={620}
      foot={
        <Button size="l" kind="primary" onClick={onClose}>
          {words.done}
        </Button>
      }
    >
      <div className="settings">
        <Group title={words.look}>
          <Choice name="theme" settings={settings} />
          <Choice name="density" settings={settings} />
        </Group>
        <Group title={words.timeline}>
          <Choice name="wheel" settings={settings} />
          <Choice name="colourBy" settings={settings} />
          <Choice name="timeFormat" settings={settings} />
          <Choice name="flows" settings={settings} />
          <Row name={words.snap}>
            <div className="field-row">
              <Toggle label={words.snap} checked={settings.snap} onChange={(snap) => changeSettings({ snap })} />
            </div>
          </Row>
        </Group>
        {opensEditor && (
          <Group title={words.source}>
            <Editor editor={settings.editor} isAsked={page === 'editor'} />
          </Group>
        )}
        <Group title={words.memory}>
          <Memory megabytes={settings.traceMemory} />
          <Row name={words.unsaved}>
            <span className="t2">{keepRule}</span>
          </Row>
        </Group>
        <Group title={words.keys}>
          <Row name={words.keysOf}>
            <Button onClick={() => showDialog({ kind: 'shortcuts' })}>{words.changeKeys}</Button>
          </Row>
        </Group>
      </div>
    </Dialog>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl className="about-facts settings-facts">{children}</dl>
    </section>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

type ChoiceName = keyof typeof words.choices;

function Choice<K extends ChoiceName>({ name, settings }: { readonly name: K; readonly settings: Settings }) {
  const { label, options } = words.choices[name];
  return (
    <Row name={label}>
      <Segments
        label={label}
        value={settings[name] as string}
        options={Object.entries(options).map(([value, text]) => ({ value, label: text }))}
        onChange={(value) => changeSettings({ [name]: value })}
      />
    </Row>
  );
}

const OTHER = 'other';
const NONE = 'none';

function Editor({ editor, isAsked }: { readonly editor: string; readonly isAsked: boolean }) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isAsked) row.current?.scrollIntoView({ block: 'center' });
  }, [isAsked]);
  const known = EDITORS.find(({ value }) => value === editor);
  return (
    <>
      <Row name={words.editor}>
        <div ref={row} className="settings-editor">
          <Select
            label={words.editor}
            value={editor === '' ? NONE : (known?.value ?? OTHER)}
            options={[{ value: NONE, label: words.noEditor }, ...EDITORS, { value: OTHER, label: words.otherEditor }]}
            onChange={(value) => changeSettings({ editor: value === NONE ? '' : value === OTHER ? words.otherBegin : value })}
          />
        </div>
      </Row>
      {editor !== '' && (
        <Row name={words.command}>
          <TextField mono aria-label={words.command} value={editor} maxLength={4000} onChange={(text) => changeSettings({ editor: text })} />
          <p className="field-hint">{words.commandHint}</p>
        </Row>
      )}
    </>
  );
}

function Memory({ megabytes }: { readonly megabytes: number }) {
  return (
    <Row name={words.budget}>
      <div className="settings-editor">
        <Select
          label={words.budget}
          value={String(megabytes)}
          options={memoryChoices(megabytes)}
          onChange={(value) => changeSettings({ traceMemory: Number(value) })}
        />
      </div>
      <p className="field-hint">{words.budgetHint}</p>
    </Row>
  );
}
