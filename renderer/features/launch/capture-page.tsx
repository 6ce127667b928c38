/** The run configuration's page about what is recorded: made of the table of capture options, as the command line's help is. */
import { RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  CAPTURE_GROUPS,
  CAPTURE_OPTIONS,
  type CaptureKey,
  type CaptureOption,
  type CaptureOptions,
  captureOptions,
} from '../../../core/protocol/capture-options.ts';
import { captureValueText } from '../../../core/protocol/capture-text.ts';
import {
  captureTextProblem,
  changeCapture,
  inheritedCapture,
  resetCapture,
  typeCapture,
  useCaptureTexts,
  useDraft,
  useInspection,
} from '../../state/launch-store.ts';
import { baseName, plural } from '../../state/words.ts';
import { Badge, Button, CardChoices, Checkbox, Field, IconButton, TextField } from '../../widgets/index.ts';
import './capture-page.css';
import { ConfigFileNote } from './config-file-note.tsx';
import { words } from './words.ts';

export function CapturePage() {
  const draft = useDraft();
  const inspection = useInspection();
  const given = draft.capture ?? {};
  const all = captureOptions({ ...inheritedCapture(inspection), ...given });
  const changed = Object.keys(given).length;
  const row = (option: CaptureOption) => (
    <OptionControl
      key={option.key}
      option={option}
      value={all[option.key]}
      isIdle={option.onlyWith !== undefined && all[option.onlyWith.key] !== option.onlyWith.value}
      from={option.key in given ? 'form' : inspection?.configFile && option.key in inspection.configFile.capture ? inspection.configFile.path : undefined}
    />
  );
  return (
    <>
      <div className="capture-head">
        <h3>{words.capture}</h3>
        <span className="t3 label">{changed === 0 ? words.asByDefault : words.changedHere(plural(changed, 'option'))}</span>
        {changed > 0 && (
          <Button size="s" icon={RotateCcw} onClick={() => resetCapture()}>
            {words.resetAll}
          </Button>
        )}
      </div>
      <ConfigFileNote />
      {CAPTURE_GROUPS.map(({ id, title }) => {
        const options = CAPTURE_OPTIONS.filter(({ group }) => group === id);
        return (
          <section className="capture-group" key={id} aria-label={title}>
            <h4>{title}</h4>
            {options.filter(({ type }) => type === 'choice').map(row)}
            <Rows className="capture-fields">{options.filter(({ type }) => type === 'number' || type === 'list').map(row)}</Rows>
            <Rows className="capture-checks">{options.filter(({ type }) => type === 'boolean').map(row)}</Rows>
          </section>
        );
      })}
    </>
  );
}

const Rows = ({ className, children }: { readonly className: string; readonly children: readonly ReactNode[] }) =>
  children.length === 0 ? null : <div className={className}>{children}</div>;

interface OptionControlProps {
  readonly option: CaptureOption;
  readonly value: CaptureOptions[CaptureKey];
  /** It belongs to another choice than the one that holds. */
  readonly isIdle: boolean;
  /** Who says it: the form, a config file, or nobody. */
  readonly from: 'form' | string | undefined;
}

function OptionControl({ option, value, isIdle, from }: OptionControlProps) {
  const texts = useCaptureTexts();
  const mark = <Origin option={option} from={from} />;
  switch (option.type) {
    case 'choice':
      return (
        <div className="capture-choice">
          <div className="field-label">
            {option.label}
            {mark}
          </div>
          <CardChoices
            label={option.label}
            value={String(value)}
            options={option.choices.map((choice) => ({ value: choice.value, label: choice.label, text: choice.help }))}
            onChange={(next) => changeCapture(option.key, next as never)}
          />
        </div>
      );
    case 'boolean':
      return (
        <div className="capture-check">
          <Checkbox
            checked={value === true}
            onChange={(next) => changeCapture(option.key, next as never)}
            label={option.label}
            hint={option.help}
            disabled={isIdle}
          />
          {mark}
        </div>
      );
    default: {
      const text = texts[option.key] ?? captureValueText(value);
      const problem = captureTextProblem(option.key, text);
      return (
        <Field label={option.label} problem={problem} hint={option.help} badge={mark}>
          {(control) => (
            <TextField
              {...control}
              mono={option.type === 'list'}
              value={text}
              disabled={isIdle}
              placeholder={option.type === 'list' ? option.placeholder : undefined}
              after={option.type === 'number' && <span className="capture-unit">{option.unit}</span>}
              onChange={(next) => typeCapture(option.key, next)}
              onBlur={() => typeCapture(option.key, undefined)}
            />
          )}
        </Field>
      );
    }
  }
}

/** Where a value comes from, and the way back. */
function Origin({ option, from }: { readonly option: CaptureOption; readonly from: OptionControlProps['from'] }) {
  const typed = useCaptureTexts()[option.key];
  const isTyped = typed !== undefined && captureTextProblem(option.key, typed) !== undefined;
  if (from !== 'form' && !isTyped) return from === undefined ? null : <Badge>{baseName(from)}</Badge>;
  return (
    <>
      <Badge tone="accent">{words.changed}</Badge>
      <IconButton icon={RotateCcw} size="s" label={words.reset(option.label)} onClick={() => resetCapture(option.key)} />
    </>
  );
}
