import { FileCode2 } from 'lucide-react';
import { Button, Dialog, Icon } from '../../widgets/index.ts';
import './file-panel.css';

interface LocateDialogProps {
  readonly name: string;
  readonly paths: readonly string[];
  readonly onChoose: (path: string) => void;
  readonly onBrowse: () => void;
  readonly onClose: () => void;
}

/** A browser hides where a dropped file lies: the user says which of the matching files it is, or where to look. */
export function LocateDialog({ name, paths, onChoose, onBrowse, onClose }: LocateDialogProps) {
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
          <Button size="l" kind="primary" onClick={onBrowse}>
            Browse…
          </Button>
        </>
      }
    >
      <div className="dialog-question">
        {paths.length > 0
          ? 'The browser does not tell where a dropped file lies. These files have the same name and the same content:'
          : 'The browser does not tell where a dropped file lies, and no file with this name and content is in the folders that the studio may look into. Choose it with Browse…'}
      </div>
      <div className="files-list">
        {paths.map((path) => (
          <button type="button" key={path} className="files-row" style={{ width: '100%' }} onClick={() => onChoose(path)}>
            <Icon of={FileCode2} />
            <span className="mono ellipsis">{path}</span>
          </button>
        ))}
      </div>
    </Dialog>
  );
}
