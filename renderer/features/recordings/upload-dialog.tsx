/** Before a trace that only the page can read is saved or exported: whether it may be sent to the machine of the studio. */
import { CircleX, Upload } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { MOST_UPLOAD_BYTES } from '../../../core/protocol/studio-api.ts';
import type { OpenTrace } from '../../state/trace-store.ts';
import { formatBytes } from '../../state/words.ts';
import { Button, Dialog, Icon, Progress } from '../../widgets/index.ts';
import type { RecordingActions } from './recording-actions.ts';
import './upload-dialog.css';
import { words } from './words.ts';

interface UploadDialogProps {
  readonly open: OpenTrace;
  /** What the user asked for: `save`, `export`. */
  readonly purpose: string;
  readonly upload: RecordingActions['upload'];
  readonly onClose: () => void;
  /** It is there: what the user asked for can be done. */
  readonly onDone: () => void;
}

export function UploadDialog({ open, purpose, upload, onClose, onDone }: UploadDialogProps) {
  const [sent, setSent] = useState<number | undefined>();
  const [failure, setFailure] = useState<{ readonly message: string; readonly remedy?: string } | undefined>();
  const abort = useRef(new AbortController());
  useEffect(() => () => abort.current.abort(), []);
  const bytes = open.bytes ?? 0;

  const begin = async () => {
    setFailure(undefined);
    setSent(0);
    abort.current = new AbortController();
    const { signal } = abort.current;
    try {
      await upload(open, setSent, signal);
      onDone();
    } catch (error) {
      if (signal.aborted) return;
      setSent(undefined);
      setFailure(error as Error);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={words.uploadTitle(open.title, purpose)}
      width={480}
      foot={
        <>
          <Button size="l" kind="quiet" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button size="l" kind="primary" icon={Upload} onClick={() => void begin()} disabled={sent !== undefined}>
            {words.upload(formatBytes(bytes))}
          </Button>
        </>
      }
    >
      <div className="dialog-question upload">
        {words.uploadText(formatBytes(MOST_UPLOAD_BYTES))}
        {sent !== undefined && <Progress label={words.uploadProgress} share={bytes === 0 ? undefined : sent / bytes} />}
        {failure && (
          <span className="field-row" role="alert">
            <Icon of={CircleX} size="m" className="error" />
            <span>
              {failure.message} {failure.remedy}
            </span>
          </span>
        )}
      </div>
    </Dialog>
  );
}
