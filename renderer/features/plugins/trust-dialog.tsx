import { Fingerprint, ShieldQuestion } from 'lucide-react';
import { usePlugins } from '../../state/plugin-store.ts';
import { baseName, formatBytes } from '../../state/words.ts';
import { Button, Dialog, Icon } from '../../widgets/index.ts';
import './trust-dialog.css';

/** The question before anything of a file runs. Shown over whatever asked for it. */
export function TrustDialog() {
  const question = usePlugins((state) => state.question);
  if (!question) return null;
  const { info, changed, answer } = question;
  return (
    <Dialog
      open
      sticky
      over
      onClose={() => answer(false)}
      title={changed ? 'Trust the changed plugin?' : 'Trust this plugin?'}
      width={560}
      foot={
        <>
          <Button size="l" kind="quiet" onClick={() => answer(false)}>
            Cancel
          </Button>
          <Button size="l" kind="primary" onClick={() => answer(true)}>
            Trust {baseName(info.path)}
          </Button>
        </>
      }
    >
      <div className="trust">
        <p>
          <Icon of={ShieldQuestion} size="l" />
          <span>
            {changed ? 'It is not the file that you trusted before. ' : ''}A plugin runs inside your script, with everything that the script may do: files,
            network, environment. Trust it if you wrote it, or know who did.
          </span>
        </p>
        <dl className="trust-facts">
          <dt>File</dt>
          <dd className="mono">{info.path}</dd>
          <dt>Size</dt>
          <dd>{formatBytes(info.bytes)}</dd>
          <dt>
            <Icon of={Fingerprint} /> SHA-256
          </dt>
          <dd className="mono trust-hash">{grouped(info.sha256)}</dd>
        </dl>
        <p className="t3 label">
          You are asked again when this file changes. Files that it imports are not part of the hash. Its version and its arguments are read by running it once
          in a process of its own.
        </p>
      </div>
    </Dialog>
  );
}

/** In eights, to be compared by eye. */
const grouped = (hash: string): string => hash.match(/.{1,8}/g)?.join(' ') ?? hash;
