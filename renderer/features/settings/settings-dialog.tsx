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
        <dt>Wheel over the timeline</dt>
        <dd>
          <Segments
            label="Wheel over the timeline"
            value={settings.wheel}
            options={[
              { value: 'modern', label: 'Scrolls, zooms with Ctrl' },
              { value: 'classic', label: 'Zooms' },
            ]}
            onChange={(wheel) => changeSettings({ wheel })}
          />
        </dd>
        <dt>Colour of slices by</dt>
        <dd>
          <Segments
            label="Colour of slices by"
            value={settings.colourBy}
            options={[
              { value: 'category', label: 'Category' },
              { value: 'name', label: 'Name' },
              { value: 'thread', label: 'Thread' },
            ]}
            onChange={(colourBy) => changeSettings({ colourBy })}
          />
        </dd>
        <dt>Ruler</dt>
        <dd>
          <Segments
            label="Ruler"
            value={settings.timeFormat}
            options={[
              { value: 'elapsed', label: 'Since the start' },
              { value: 'clock', label: 'As a clock' },
            ]}
            onChange={(timeFormat) => changeSettings({ timeFormat })}
          />
        </dd>
        <dt>Unsaved recordings</dt>
        <dd>{keepRule}</dd>
      </dl>
    </Dialog>
  );
}
