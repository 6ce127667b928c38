import { FileCode2 } from 'lucide-react';
import { useState } from 'react';
import { Button, Dialog, Icon, TextField } from '../../widgets/index.ts';
import './file-panel.css';
import { words } from './words.ts';

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
      title={paths.length > 0 ? words.which(name) : words.whereIs(name)}
      width={560}
      foot={
        <>
          <Button size="l" kind="quiet" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button size="l" onClick={onBrowse}>
            {words.browse}
          </Button>
          <Button size="l" kind="primary" disabled={typed === ''} onClick={() => onChoose(typed)}>
            {words.takePath}
          </Button>
        </>
      }
    >
      <div className="dialog-question">{paths.length > 0 ? words.severalFound : words.notFound}</div>
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
        <label htmlFor="locate-path">{words.path}</label>
        <TextField
          id="locate-path"
          mono
          value={path}
          placeholder={words.pathPlaceholder(name)}
          onChange={setPath}
          onKeyDown={(event) => event.key === 'Enter' && typed !== '' && onChoose(typed)}
        />
      </div>
    </Dialog>
  );
}
