import { Fingerprint, ShieldQuestion } from 'lucide-react';
import { usePlugins } from '../../state/plugin-store.ts';
import { baseName, formatBytes } from '../../state/words.ts';
import { Button, Dialog, Icon } from '../../widgets/index.ts';
import './trust-dialog.css';
import { words } from './words.ts';

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
      title={changed ? words.trustChanged : words.trustNew}
      width={560}
      foot={
        <>
          <Button size="l" kind="quiet" onClick={() => answer(false)}>
            {words.cancel}
          </Button>
          <Button size="l" kind="primary" onClick={() => answer(true)}>
            {words.trustFile(baseName(info.path))}
          </Button>
        </>
      }
    >
      <div className="trust">
        <p>
          <Icon of={ShieldQuestion} size="l" />
          <span>
            {changed && `${words.notTheSame} `}
            {words.whatPluginsMay}
          </span>
        </p>
        <dl className="trust-facts">
          <dt>{words.file}</dt>
          <dd className="mono">{info.path}</dd>
          <dt>{words.size}</dt>
          <dd>{formatBytes(info.bytes)}</dd>
          <dt>
            <Icon of={Fingerprint} /> {words.hash}
          </dt>
          <dd className="mono trust-hash">{grouped(info.sha256)}</dd>
        </dl>
        <p className="t3 label">{words.trustText}</p>
      </div>
    </Dialog>
  );
}

/** In eights, to be compared by eye. */
const grouped = (hash: string): string => hash.match(/.{1,8}/g)?.join(' ') ?? hash;
