import { CircleX } from 'lucide-react';
import { useId, useState } from 'react';
import { type ArgValue, defaultOf } from '../../../core/plugin-api/args-schema.ts';
import { useFilePicker } from '../../state/pick-file.tsx';
import { Button, Checkbox, Icon, Segments, Select, TextField } from '../../widgets/index.ts';
import { type FormField, fieldLabel, nearestAllowed } from './argument-text.ts';
import { words } from './words.ts';

interface ArgumentFieldProps {
  readonly field: FormField;
  /** Undefined: back to the default. */
  readonly onChange: (value: ArgValue | undefined) => void;
}

/** One argument: its name and flag at the left, a control of its type, what is wrong at its place. */
export function ArgumentField({ field, onChange }: ArgumentFieldProps) {
  const { option, flag, given, problem } = field;
  const id = useId();
  const label = fieldLabel(option.name);
  const fix = given !== undefined ? nearestAllowed(option, given) : undefined;
  const describedBy = problem ? `${id}-problem` : option.help !== undefined ? `${id}-help` : undefined;
  return (
    <div className="argument-field">
      <div className="argument-name">
        <label className="medium" htmlFor={id} id={`${id}-label`}>
          {label}
          {option.required && <span className="t3"> {words.needed}</span>}
        </label>
        <span className="mono label t3">{flag ?? words.aWord}</span>
      </div>
      <div className="argument-control">
        <Control id={id} label={label} describedBy={describedBy} field={field} onChange={onChange} />
        {problem ? (
          <div className="field-error" id={`${id}-problem`}>
            <Icon of={CircleX} />
            <span>
              {problem.message}{' '}
              {fix !== undefined && (
                <button type="button" className="field-fix" onClick={() => onChange(fix)}>
                  {words.takeFix(fix)}
                </button>
              )}
            </span>
          </div>
        ) : (
          option.help !== undefined && (
            <div className="field-hint" id={`${id}-help`}>
              {option.help}
            </div>
          )
        )}
      </div>
    </div>
  );
}

interface ControlProps extends ArgumentFieldProps {
  readonly id: string;
  readonly label: string;
  readonly describedBy: string | undefined;
}

function Control(props: ControlProps) {
  const { id, label, describedBy, field, onChange } = props;
  const { option, value, problem } = field;
  switch (option.type) {
    case 'boolean':
      return <Checkbox checked={value === true} onChange={onChange} label={label} />;
    case 'choice': {
      const choices = option.choices ?? [];
      const chosen = problem ? '' : String(value ?? '');
      if (choices.length <= 4 && choices.join('').length <= 36) {
        return <Segments label={label} value={chosen} options={choices.map((choice) => ({ value: choice, label: choice }))} onChange={onChange} />;
      }
      return (
        <Select
          id={id}
          aria-describedby={describedBy}
          bad={problem !== undefined}
          value={chosen}
          placeholder={words.choose}
          options={choices.map((choice) => ({ value: choice, label: choice }))}
          onChange={onChange}
        />
      );
    }
    case 'number':
    case 'integer':
      return <NumberControl {...props} />;
    case 'path':
      return <PathControl {...props} />;
    default:
      return <TextControl {...props} />;
  }
}

/** While it is typed into, the field shows what was typed: "0." is on its way to "0.5". */
function TextControl({ id, describedBy, field: { option, given, problem }, onChange }: ControlProps) {
  const [typed, setTyped] = useState<string | undefined>();
  const usual = defaultOf(option);
  const isNumber = option.type === 'number' || option.type === 'integer';
  return (
    <TextField
      id={id}
      aria-describedby={describedBy}
      mono
      className={isNumber ? 'argument-number' : ''}
      inputMode={isNumber ? 'decimal' : 'text'}
      bad={problem !== undefined}
      value={typed ?? given ?? ''}
      placeholder={usual === undefined ? '' : String(usual)}
      onChange={(next) => {
        setTyped(next);
        onChange(next === '' ? undefined : next);
      }}
      onBlur={() => setTyped(undefined)}
      after={option.unit !== undefined && <span className="argument-unit">{option.unit}</span>}
    />
  );
}

function NumberControl(props: ControlProps) {
  const { label, field, onChange } = props;
  const { option, value, given } = field;
  const { min, max } = option;
  if (min === undefined || max === undefined) return <TextControl {...props} />;
  const typed = given === undefined || given.trim() === '' ? Number.NaN : Number(given);
  const now = Number.isFinite(typed) ? typed : typeof value === 'number' ? value : min;
  // Wide ranges in equal steps of the eye: 1 to 1000 has 30 in its middle.
  const bends = min > 0 && max / min >= 100;
  const toSlider = (each: number) => (bends ? Math.log(each / min) / Math.log(max / min) : (each - min) / (max - min)) * 1000;
  const fromSlider = (each: number) => {
    const exact = bends ? min * (max / min) ** (each / 1000) : min + ((max - min) * each) / 1000;
    return option.type === 'integer' || max - min >= 50 ? Math.round(exact) : Number(exact.toPrecision(3));
  };
  return (
    <div className="argument-slider">
      <div className="argument-range">
        <input
          type="range"
          aria-label={words.slider(label)}
          aria-valuetext={`${now}${option.unit === undefined ? '' : ` ${option.unit}`}`}
          min={0}
          max={1000}
          value={Math.round(toSlider(Math.min(max, Math.max(min, now))))}
          style={{ '--at': `${toSlider(Math.min(max, Math.max(min, now))) / 10}%` } as React.CSSProperties}
          onChange={(event) => onChange(Math.min(max, Math.max(min, fromSlider(Number(event.target.value)))))}
        />
        <span className="argument-ends" aria-hidden="true">
          <span>{min}</span>
          <span>{max}</span>
        </span>
      </div>
      <TextControl {...props} />
    </div>
  );
}

function PathControl(props: ControlProps) {
  const picker = useFilePicker();
  return (
    <div className="field-row">
      <TextControl {...props} />
      <Button
        aria-label={words.browseFor(props.label)}
        onClick={() =>
          void picker.open({ purpose: 'folder', title: `Choose ${props.label.toLowerCase()}` }).then((path) => path !== undefined && props.onChange(path))
        }
      >
        {words.browse}
      </Button>
    </div>
  );
}
