import { useLibrary } from '../../state/library-store.ts';
import { changeSettings, useSettings } from '../../state/settings-store.ts';
import { Button, Dialog, Segments } from '../../widgets/index.ts';
import './help-dialogs.css';

/** Each choice acts at once and is kept for the next window. */
export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const settings = useSettings();
  const keepRule = useLibrary((library) => library.info?.keepRule);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Settings"
      width={460}
      foot={
        <Button size="l" kind="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <dl className="about-facts settings-facts">
        <dt>Theme</dt>
        <dd>
          <Segments
            label="Theme"
            value={settings.theme}
            options={[
              { value: 'system', label: 'System' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
            onChange={(theme) => changeSettings({ theme })}
          />
        </dd>
        <dt>Rows</dt>
        <dd>
          <Segments
            label="Rows"
            value={settings.density}
            options={[
              { value: 'compact', label: 'Compact' },
              { value: 'comfortable', label: 'Comfortable' },
            ]}
            onChange={(density) => changeSettings({ density })}
          />
        </dd>
        <dt>Unsaved recordings</dt>
        <dd>{keepRule}</dd>
      </dl>
    </Dialog>
  );
}
