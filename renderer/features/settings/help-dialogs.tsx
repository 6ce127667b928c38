import { useEffect, useState } from 'react';
import { defaultNode, useLibrary } from '../../state/library-store.ts';
import { changeSettings, useSettings } from '../../state/settings-store.ts';
import { Button, Dialog, Kbd, keyText } from '../../widgets/index.ts';
import './help-dialogs.css';
import { bindKeys, commandOf, keysNow, pressedKeys, SHORTCUTS, type ShortcutId } from './shortcuts.ts';
import { words } from './words.ts';

/** All keys. A click on one lets the user press another. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { keys: overrides } = useSettings();
  const groups = [...new Set(SHORTCUTS.map((each) => each.group))];
  const [changing, setChanging] = useState<ShortcutId>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (changing === undefined) return;
    const listen = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      const keys = pressedKeys(event);
      if (keys === undefined) return;
      const other = commandOf(keys, overrides);
      setProblem('');
      if (keys === 'Escape') setChanging(undefined);
      else if (keys === 'Backspace' || keys === 'Delete') bindKeys(changing, '');
      else if (other && other.id !== changing) {
        setProblem(`${keyText(keys)} is “${other.label}”. Press another key, or change that one first.`);
        return;
      } else bindKeys(changing, keys);
      setChanging(undefined);
    };
    window.addEventListener('keydown', listen, true);
    return () => window.removeEventListener('keydown', listen, true);
  }, [changing, overrides]);
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.keyboardShortcuts}
      about={words.keysHint}
      width={720}
      footLeft={<span role="alert">{problem}</span>}
      foot={
        <>
          <Button size="l" disabled={overrides.length === 0} onClick={() => changeSettings({ keys: [] })}>
            {words.resetAllKeys}
          </Button>
          <Button size="l" kind="primary" onClick={onClose}>
            {words.done}
          </Button>
        </>
      }
    >
      <div className="shortcuts">
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            {SHORTCUTS.filter((each) => each.group === group).map((each) => {
              const keys = keysNow(each, overrides);
              return (
                <div key={each.id} className="shortcuts-row">
                  <span>{each.label}</span>
                  <button
                    type="button"
                    className="shortcuts-keys"
                    aria-label={words.keysOfShortcut(each.label, changing === each.id ? undefined : keys.map((one) => keyText(one)))}
                    onClick={() => {
                      setProblem('');
                      setChanging(each.id);
                    }}
                  >
                    {changing === each.id ? (
                      <span className="accent">{words.pressKeys}</span>
                    ) : keys.length === 0 ? (
                      <span className="t3">{words.none}</span>
                    ) : (
                      keys.map((one) => <Kbd key={one}>{one}</Kbd>)
                    )}
                  </button>
                </div>
              );
            })}
          </section>
        ))}
      </div>
    </Dialog>
  );
}

export function AboutDialog({ onClose }: { readonly onClose: () => void }) {
  const info = useLibrary((library) => library.info);
  const node = defaultNode(useLibrary((library) => library.nodes));
  return (
    <Dialog open onClose={onClose} title={words.aboutTitle} width={460}>
      <dl className="about-facts">
        <dt>{words.version}</dt>
        <dd>{info?.version}</dd>
        <dt>{words.host}</dt>
        <dd>{info?.host === 'electron' ? words.electron : words.webHost}</dd>
        <dt>{words.platform}</dt>
        <dd>{info?.platform}</dd>
        <dt>{words.nodeForRuns}</dt>
        <dd>{node ? `${node.version ?? ''} ${node.path}` : words.noneFound}</dd>
        <dt>{words.unsavedRecordings}</dt>
        <dd>{info?.keepRule}</dd>
      </dl>
    </Dialog>
  );
}
