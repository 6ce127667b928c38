/** What of a graph is set by typing: range of the axis, unit, thresholds. */
import { Trash2 } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { MOST_THRESHOLDS } from '../../state/graph-arrangement.ts';
import { changeGraphOptions, changeThresholds, type GraphSpec } from '../../state/graph-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Button, Dialog, Field, IconButton, TextField } from '../../widgets/index.ts';
import { numberOf } from './numbers.ts';
import { valueInUnit } from './units.ts';
import { words } from './words.ts';

export interface GraphDialogProps {
  readonly trace: TraceId;
  readonly spec: GraphSpec;
  readonly name: string;
  readonly unit: string;
  readonly foundUnit: string;
  readonly onClose: () => void;
}

interface FormDialogProps {
  readonly title: string;
  readonly about: string;
  readonly onClose: () => void;
  /** False: something is wrong, and told. */
  readonly onApply: () => boolean;
  readonly extra?: ReactNode;
  readonly children: ReactNode;
}

function FormDialog({ title, about, onClose, onApply, extra, children }: FormDialogProps) {
  const apply = (event?: FormEvent) => {
    event?.preventDefault();
    if (onApply()) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      about={about}
      width={420}
      footLeft={extra}
      foot={
        <>
          <Button size="l" kind="quiet" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button size="l" kind="primary" onClick={() => apply()}>
            {words.apply}
          </Button>
        </>
      }
    >
      <form className="graph-form" onSubmit={apply}>
        {children}
        {/* Enter in a field applies. */}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </Dialog>
  );
}

export function RangeDialog({ trace, spec, name, onClose }: GraphDialogProps) {
  const text = words.rangeDialog;
  const [low, setLow] = useState(String(spec.options.low));
  const [high, setHigh] = useState(String(spec.options.high));
  const [tried, setTried] = useState(false);
  const [from, to] = [numberOf(low), numberOf(high)];
  const above =
    from !== undefined && to !== undefined && to <= from
      ? text.notAbove
      : to !== undefined && to <= 0 && spec.options.scale === 'log'
        ? text.notPositive
        : undefined;
  const lowProblem = tried && from === undefined ? { message: text.notNumber } : undefined;
  const highProblem = !tried ? undefined : to === undefined ? { message: text.notNumber } : above !== undefined ? { message: above } : undefined;
  const apply = () => {
    setTried(true);
    if (from === undefined || to === undefined || above !== undefined) return false;
    changeGraphOptions(trace, spec.id, { range: 'own', low: from, high: to });
    return true;
  };
  return (
    <FormDialog title={text.title} about={name} onClose={onClose} onApply={apply}>
      <Field label={text.low} problem={lowProblem}>
        {(control) => <TextField {...control} value={low} onChange={setLow} />}
      </Field>
      <Field label={text.high} problem={highProblem}>
        {(control) => <TextField {...control} value={high} onChange={setHigh} />}
      </Field>
    </FormDialog>
  );
}

export function UnitDialog({ trace, spec, name, foundUnit, onClose }: GraphDialogProps) {
  const text = words.unitDialog;
  const [unit, setUnit] = useState(spec.options.unit ?? foundUnit);
  const set = (value: string | undefined) => {
    changeGraphOptions(trace, spec.id, { unit: value });
    return true;
  };
  return (
    <FormDialog
      title={text.title}
      about={name}
      onClose={onClose}
      onApply={() => set(unit.trim() === foundUnit ? undefined : unit.trim())}
      extra={
        spec.options.unit !== undefined && (
          <Button
            size="l"
            kind="quiet"
            onClick={() => {
              set(undefined);
              onClose();
            }}
          >
            {text.asNames}
          </Button>
        )
      }
    >
      <Field label={text.unit} hint={text.hint(foundUnit)}>
        {({ id, 'aria-describedby': describedBy }) => <TextField id={id} aria-describedby={describedBy} value={unit} onChange={setUnit} maxLength={20} />}
      </Field>
    </FormDialog>
  );
}

export function ThresholdDialog({ trace, spec, name, unit, onClose }: GraphDialogProps) {
  const text = words.thresholdDialog;
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string>();
  const { thresholds } = spec.options;
  const add = (event?: FormEvent) => {
    event?.preventDefault();
    const value = numberOf(typed);
    if (value === undefined || thresholds.length >= MOST_THRESHOLDS) {
      setProblem(value === undefined ? text.notNumber : text.most(MOST_THRESHOLDS));
      return;
    }
    setProblem(undefined);
    setTyped('');
    changeThresholds(trace, spec.id, (there) => [...there, value]);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={text.title}
      about={name}
      width={420}
      foot={
        <Button size="l" kind="primary" onClick={onClose}>
          {text.done}
        </Button>
      }
    >
      <form className="graph-form" onSubmit={add}>
        <Field label={text.value} problem={problem === undefined ? undefined : { message: problem }}>
          {(control) => (
            <div className="field-row">
              <TextField {...control} value={typed} onChange={setTyped} />
              <Button onClick={() => add()}>{text.add}</Button>
            </div>
          )}
        </Field>
        {thresholds.length === 0 ? (
          <p className="t3">{text.none}</p>
        ) : (
          <ul className="threshold-list" aria-label={text.title}>
            {thresholds.map((value) => {
              const shown = valueInUnit(value, unit);
              return (
                <li key={value}>
                  <span className="num">{shown}</span>
                  <IconButton
                    icon={Trash2}
                    size="s"
                    label={text.remove(shown)}
                    onClick={() => changeThresholds(trace, spec.id, (there) => there.filter((each) => each !== value))}
                  />
                </li>
              );
            })}
          </ul>
        )}
      </form>
    </Dialog>
  );
}
