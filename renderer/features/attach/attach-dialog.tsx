import { RotateCw, Search } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { type AttachOptions, DEFAULT_ATTACH, type NodeProcess } from '../../../core/protocol/attach.ts';
import { useClients } from '../../state/clients.tsx';
import { Button, Checkbox, Dialog, Field, IconButton, Spinner, TextField } from '../../widgets/index.ts';
import './attach.css';
import { words } from './words.ts';

interface AttachDialogProps {
  readonly onClose: () => void;
  /** Rejects with why it could not be attached to. */
  readonly onAttach: (pid: number, options: AttachOptions, config: boolean) => Promise<void>;
}

interface Failure {
  readonly message: string;
  readonly remedy?: string;
}

/** Node programs that run on the machine of the studio, to choose one. */
export function AttachDialog({ onClose, onAttach }: AttachDialogProps) {
  const { studio } = useClients();
  const [all, setAll] = useState<readonly NodeProcess[] | undefined>();
  const [wanted, setWanted] = useState('');
  const [options, setOptions] = useState(DEFAULT_ATTACH);
  const [config, setConfig] = useState(true);
  const [busy, setBusy] = useState<number | undefined>();
  const [failure, setFailure] = useState<Failure | undefined>();

  const look = useCallback(() => {
    setFailure(undefined);
    studio.request('attach.list', null).then(setAll, setFailure);
  }, [studio]);
  useEffect(look, [look]);

  const attach = async (pid: number) => {
    setBusy(pid);
    setFailure(undefined);
    try {
      await onAttach(pid, options, config);
    } catch (error) {
      setFailure(error as Failure);
      setBusy(undefined);
    }
  };

  const found = all?.filter((each) => matches(each, wanted));
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title}
      width={620}
      foot={
        <Button size="l" kind="quiet" onClick={onClose}>
          {words.cancel}
        </Button>
      }
    >
      <div className="attach-form">
        <Field label={words.field} problem={failure} hint={words.fieldHint}>
          {(control) => (
            <div className="field-row">
              <TextField {...control} icon={Search} placeholder={words.placeholder} value={wanted} onChange={setWanted} />
              <IconButton icon={RotateCw} kind="default" label={words.lookAgain} onClick={look} />
            </div>
          )}
        </Field>
        <section className="attach-list" aria-label={words.programs}>
          {found === undefined && (
            <div className="attach-empty">
              <Spinner />
            </div>
          )}
          {found?.length === 0 && <div className="attach-empty t2">{all?.length === 0 ? words.noneFound : words.noneMatches}</div>}
          <ul>
            {found?.map((each) => (
              <li key={each.pid} className="attach-row">
                <div className="attach-words">
                  <div>
                    <b>{each.name}</b>{' '}
                    <span className="t2">{[`${each.pid}`, each.nodeVersion && `node ${each.nodeVersion.replace(/^v/, '')}`].filter(Boolean).join(', ')}</span>
                  </div>
                  <div className={`label ${each.problem === undefined ? 't3 mono' : 't2'}`} title={each.argv.join(' ')}>
                    {each.problem ?? each.cwd ?? each.argv.join(' ')}
                  </div>
                </div>
                <Button
                  disabled={each.problem !== undefined || busy !== undefined}
                  aria-label={words.attachTo(each.name, each.pid)}
                  onClick={() => void attach(each.pid)}
                >
                  {busy === each.pid ? words.attaching : words.attach}
                </Button>
              </li>
            ))}
          </ul>
        </section>
        <div className="attach-options">
          <Checkbox label={words.sampling} hint={words.samplingHint} checked={options.sampling} onChange={(sampling) => setOptions({ ...options, sampling })} />
          <Checkbox
            label={words.laterCalls}
            hint={words.laterCallsHint}
            checked={options.laterCalls}
            onChange={(laterCalls) => setOptions({ ...options, laterCalls })}
          />
          <Checkbox label={words.runtime} hint={words.runtimeHint} checked={options.runtime} onChange={(runtime) => setOptions({ ...options, runtime })} />
          <Checkbox label={words.config} hint={words.configHint} checked={config} onChange={setConfig} />
        </div>
      </div>
    </Dialog>
  );
}

function matches({ pid, name, cwd, argv }: NodeProcess, wanted: string): boolean {
  const word = wanted.trim().toLowerCase();
  return word === '' || String(pid) === word || [name, cwd ?? '', argv.join(' ')].some((text) => text.toLowerCase().includes(word));
}
