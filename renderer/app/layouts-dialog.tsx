/** Arrangements of the panels that were given a name: kept, taken again, removed. */
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { layoutState } from '../state/layout-store.ts';
import { changeSettings, useSettings } from '../state/settings-store.ts';
import { Button, Dialog, IconButton, TextField } from '../widgets/index.ts';
import './layouts-dialog.css';
import { words } from './words.ts';

const MOST = 50;
const MOST_NAME = 60;

export function LayoutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { layouts } = useSettings();
  const [name, setName] = useState('');
  const wanted = name.trim().slice(0, MOST_NAME);
  const isKnown = layouts.some((each) => each.name === wanted);
  const isFull = layouts.length >= MOST && !isKnown;
  const keep = () => {
    const text = layoutState().control?.text();
    if (text === undefined || wanted === '' || isFull) return;
    changeSettings({ layouts: [...layouts.filter((each) => each.name !== wanted), { name: wanted, text }] });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.arrangements}
      width={420}
      footLeft={isFull ? words.arrangementsFull(MOST) : isKnown ? words.arrangementReplaced : undefined}
      foot={
        <Button size="l" kind="primary" disabled={wanted === '' || isFull} onClick={keep}>
          {words.keep}
        </Button>
      }
    >
      <form
        className="layouts"
        onSubmit={(event) => {
          event.preventDefault();
          keep();
        }}
      >
        <TextField value={name} onChange={setName} aria-label={words.name} placeholder={words.arrangementName} />
        <ul aria-label={words.keptArrangements}>
          {layouts.map((each) => (
            <li key={each.name}>
              <Button
                kind="quiet"
                onClick={() => {
                  layoutState().control?.apply(each.text);
                  onClose();
                }}
              >
                {each.name}
              </Button>
              <span className="grow" />
              <IconButton
                icon={Trash2}
                size="s"
                label={words.remove(each.name)}
                onClick={() => changeSettings({ layouts: layouts.filter((other) => other !== each) })}
              />
            </li>
          ))}
        </ul>
      </form>
    </Dialog>
  );
}
