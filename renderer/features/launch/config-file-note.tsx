/** Which config file the run takes options from, what is wrong with it, and the question before one of them is run. */
import { CircleX, FileCog, Fingerprint, ShieldQuestion } from 'lucide-react';
import type { ConfigFileInspection } from '../../../core/protocol/studio-api.ts';
import { useClients } from '../../state/clients.tsx';
import { changeDraft, takeProjectConfig, useDraft, useInspection } from '../../state/launch-store.ts';
import { baseName, formatBytes } from '../../state/words.ts';
import { Button, Icon, toastProblem } from '../../widgets/index.ts';
import './config-file-note.css';
import { words } from './words.ts';

export function ConfigFileNote() {
  const draft = useDraft();
  const inspection = useInspection();
  const found = inspection?.configFile;
  const problems = inspection?.problems.filter(({ field }) => field === 'capture') ?? [];
  if (draft.configFile === '') {
    return (
      <div className="config-note">
        <Icon of={FileCog} />
        <span className="grow">{words.noConfigFile}</span>
        <Button size="s" onClick={() => takeProjectConfig(true)}>
          {words.takeConfigFile}
        </Button>
      </div>
    );
  }
  const asks = found?.sha256 !== undefined && (found.trust === 'untrusted' || found.trust === 'changed');
  if (found && asks) return <TrustQuestion found={found} />;
  return (
    <>
      {problems.map(({ message, remedy }) => (
        <div className="config-note config-note-bad" role="alert" data-problem tabIndex={-1} key={message}>
          <Icon of={CircleX} />
          <span className="grow">
            <b className="medium">{message}</b> {remedy}
          </span>
        </div>
      ))}
      {(found || problems.length > 0) && (
        <div className="config-note">
          <Icon of={FileCog} />
          <span className="grow">
            {found ? (
              <>
                <span className="mono" title={found.path}>
                  {baseName(found.path)}
                </span>{' '}
                {words.configSets(Object.keys(found.capture).length)}
              </>
            ) : (
              words.configNotUsed
            )}
          </span>
          <Button size="s" onClick={() => takeProjectConfig(false)}>
            {words.withoutConfigFile}
          </Button>
        </div>
      )}
    </>
  );
}

function TrustQuestion({ found }: { readonly found: ConfigFileInspection }) {
  const { studio } = useClients();
  const trust = () =>
    studio.request('launch.trustConfig', { path: found.path, sha256: found.sha256 ?? '' }).then(
      // Looked at anew, now that it may be run.
      () => changeDraft({}),
      (error: unknown) => toastProblem(error, words.notTrusted),
    );
  return (
    <section className="config-trust" aria-label={words.trustConfigFile} data-problem tabIndex={-1}>
      <p>
        <Icon of={ShieldQuestion} size="l" />
        <span>
          <b className="medium">{baseName(found.path)}</b> {found.trust === 'changed' ? words.configChanged : words.configIsProgram} {words.configWouldRun}
        </span>
      </p>
      <dl className="config-trust-facts">
        <dt>{words.file}</dt>
        <dd className="mono">{found.path}</dd>
        <dt>{words.size}</dt>
        <dd>{formatBytes(found.bytes)}</dd>
        <dt>
          <Icon of={Fingerprint} /> {words.hash}
        </dt>
        <dd className="mono">{found.sha256?.match(/.{1,8}/g)?.join(' ')}</dd>
      </dl>
      <div className="config-trust-answers">
        <Button onClick={() => void trust()}>{words.trust(baseName(found.path))}</Button>
        <Button kind="quiet" onClick={() => takeProjectConfig(false)}>
          {words.withoutConfigFile}
        </Button>
      </div>
    </section>
  );
}
