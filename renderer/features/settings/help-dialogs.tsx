import { defaultNode, useLibrary } from '../../state/library-store.ts';
import { Dialog, Kbd } from '../../widgets/index.ts';
import './help-dialogs.css';
import { SHORTCUTS } from './shortcuts.ts';

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const groups = [...new Set(SHORTCUTS.map((each) => each.group))];
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts" width={620}>
      <div className="shortcuts">
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            {SHORTCUTS.filter((each) => each.group === group).map((each) => (
              <div key={each.id} className="shortcuts-row">
                <span>{each.label}</span>
                <Kbd>{each.keys}</Kbd>
              </div>
            ))}
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
    <Dialog open onClose={onClose} title="About Trace Studio" width={460}>
      <dl className="about-facts">
        <dt>Version</dt>
        <dd>{info?.version}</dd>
        <dt>Host</dt>
        <dd>{info?.host === 'electron' ? 'Electron' : 'Web, in your browser'}</dd>
        <dt>Platform</dt>
        <dd>{info?.platform}</dd>
        <dt>Node for runs</dt>
        <dd>{node ? `${node.version ?? ''} ${node.path}` : 'none found'}</dd>
        <dt>Unsaved recordings</dt>
        <dd>{info?.keepRule}</dd>
      </dl>
    </Dialog>
  );
}
