import { FileCode2 } from 'lucide-react';
import { useState } from 'react';
import { Button, Dialog, Icon, TextField } from '../../widgets/index.ts';
import './file-panel.css';

interface LocateDialogProps {
  readonly name: string;
  readonly paths: readonly string[];
  readonly onChoose: (path: string) => void;
  readonly onBrowse: () => void;
  readonly onClose: () => void;
}

/** A browser hides where a dropped file lies: the user says which of the matching files it is, or where it lies. */
export function LocateDialog({ name, paths, onChoose, onBrowse, onClose }: LocateDialogProps) {
  const [path, setPath] = useState('');
  const typed = path.trim();
  return (
    <Dialog
      open
      onClose={onClose}
      title={paths.length > 0 ? `Which ${name} is it?` : `Where is ${name}?`}
      width={560}
      foot={
        <>
          <Button size="l" kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button size="l" onClick={onBrowse}>
            Browse…
          </Button>
          <Button size="l" kind="primary" disabled={typed === ''} onClick={() => onChoose(typed)}>
            Use this path
          </Button>
        </>
      }
    >
      <div className="dialog-question">
        {paths.length > 0
          ? 'The browser does not tell where a dropped file lies. These files have the same name and the same content:'
          : 'The browser does not tell where a dropped file lies, and no file with this name and content is in the folders that the studio looks into (--root names others). Type its path on the machine where the studio runs. A file that is only on this computer has to be copied there first.'}
      </div>
      {paths.length > 0 && (
        <div className="files-list">
          {paths.map((each) => (
            <button type="button" key={each} className="files-row" style={{ width: '100%' }} onClick={() => onChoose(each)}>
              <Icon of={FileCode2} />
              <span className="mono ellipsis">{each}</span>
            </button>
          ))}
        </div>
      )}
      <div className="files-name">
        <label htmlFor="locate-path">Path</label>
        <TextField
          id="locate-path"
          mono
          value={path}
          placeholder={`/home/me/project/${name}`}
          onChange={setPath}
          onKeyDown={(event) => event.key === 'Enter' && typed !== '' && onChoose(typed)}
        />
      </div>
    </Dialog>
  );
}
