/** Configurations of this project that were given a name: one is taken by a click, and the form as it is now is kept under one. */
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { LaunchConfig } from '../../../core/protocol/session-types.ts';
import { useClients } from '../../state/clients.tsx';
import { forgetConfig, keepConfig, takeConfig, useSavedConfigs } from '../../state/saved-configs.ts';
import { baseName } from '../../state/words.ts';
import { Button, IconButton, TextField, toastProblem } from '../../widgets/index.ts';
import './saved-configs.css';
import { words } from './words.ts';

const MOST_NAME = 60;

export function SavedConfigs({ folder, draft }: { readonly folder: string; readonly draft: LaunchConfig }) {
  const { studio } = useClients();
  const saved = useSavedConfigs(folder);
  const [name, setName] = useState('');
  const wanted = name.trim();
  const same = JSON.stringify(withoutValues(draft));
  const keep = () => {
    if (wanted === '') return;
    keepConfig(studio, folder, wanted, draft).then(
      () => setName(''),
      (error: unknown) => toastProblem(error, words.notKept),
    );
  };
  return (
    <section className="saved-configs" aria-label={words.configurations}>
      <h3>
        {words.configurationsOf} <bdi className="mono">{baseName(folder) || folder}</bdi>
      </h3>
      {saved.length > 0 && (
        <ul>
          {saved.map((each) => (
            <li key={each.name}>
              <Button size="s" aria-pressed={JSON.stringify(each.config) === same} onClick={() => takeConfig(each)}>
                <bdi>{each.name}</bdi>
              </Button>
              <IconButton
                icon={Trash2}
                size="s"
                label={words.removeConfiguration(each.name)}
                onClick={() => forgetConfig(studio, folder, each.name).catch((error: unknown) => toastProblem(error))}
              />
            </li>
          ))}
        </ul>
      )}
      <div className="field-row">
        <TextField
          aria-label={words.configurationName}
          placeholder={words.configurationPlaceholder}
          maxLength={MOST_NAME}
          value={name}
          onChange={setName}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
            event.preventDefault();
            keep();
          }}
        />
        <Button disabled={wanted === ''} onClick={keep}>
          {saved.some((each) => each.name === wanted) ? words.replace : words.keep}
        </Button>
      </div>
    </section>
  );
}

const withoutValues = (config: LaunchConfig): LaunchConfig => ({ ...config, environment: config.environment.map(({ name }) => ({ name, value: '' })) });
