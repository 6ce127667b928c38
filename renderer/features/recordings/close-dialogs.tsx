/** What is asked before something goes away: a running script, a recording that was never saved. */
import type { ReactNode } from 'react';
import type { RecentItem } from '../../../core/protocol/studio-api.ts';
import { formatDuration } from '../../drawing/format.ts';
import { formatAgo, formatBytes } from '../../state/words.ts';
import { Button, Dialog } from '../../widgets/index.ts';

interface QuestionProps {
  readonly title: string;
  readonly onCancel: () => void;
  readonly children: ReactNode;
  readonly foot: ReactNode;
}

const Question = ({ title, onCancel, children, foot }: QuestionProps) => (
  <Dialog open onClose={onCancel} title={title} width={480} foot={foot}>
    <div className="dialog-question">{children}</div>
  </Dialog>
);

interface CloseRunningProps {
  readonly title: string;
  readonly count: number;
  readonly onStop: () => void;
  readonly onKeep: () => void;
  readonly onCancel: () => void;
}

export function CloseRunningDialog({ title, count, onStop, onKeep, onCancel }: CloseRunningProps) {
  const what = count > 1 ? `${count} scripts are still running` : `${title} is still running`;
  return (
    <Question
      title={what}
      onCancel={onCancel}
      foot={
        <>
          <Button size="l" kind="quiet" onClick={onCancel}>
            Cancel
          </Button>
          <Button size="l" onClick={onKeep}>
            Keep recording
          </Button>
          <Button size="l" kind="primary" onClick={onStop}>
            Stop and close
          </Button>
        </>
      }
    >
      Stop ends {count > 1 ? 'them with everything they' : 'it with everything it'} started. Keep recording lets {count > 1 ? 'them' : 'it'} go on. In both
      cases the recording stays on the start page.
    </Question>
  );
}

interface CloseUnsavedProps {
  readonly title: string;
  readonly keepRule: string;
  readonly onSave: () => void;
  readonly onKeep: () => void;
  readonly onDiscard: () => void;
  readonly onCancel: () => void;
}

export function CloseUnsavedDialog({ title, keepRule, onSave, onKeep, onDiscard, onCancel }: CloseUnsavedProps) {
  return (
    <Question
      title="This recording is not saved"
      onCancel={onCancel}
      foot={
        <>
          <Button size="l" kind="danger" onClick={onDiscard}>
            Discard
          </Button>
          <Button size="l" onClick={onKeep}>
            Keep
          </Button>
          <Button size="l" kind="primary" onClick={onSave}>
            Save…
          </Button>
        </>
      }
    >
      {title} was recorded but never saved. Keep leaves it on the start page. {keepRule && (keepRule.endsWith('.') ? keepRule : `${keepRule}.`)}
    </Question>
  );
}

interface DiscardProps {
  readonly item: RecentItem;
  readonly onDiscard: () => void;
  readonly onCancel: () => void;
}

/** The only copy goes, and nothing brings it back. */
export function DiscardDialog({ item, onDiscard, onCancel }: DiscardProps) {
  const length = item.durationNs === undefined ? '' : `${formatDuration(item.durationNs)}, `;
  return (
    <Question
      title={`Discard ${item.title}?`}
      onCancel={onCancel}
      foot={
        <>
          <Button size="l" kind="danger" onClick={onDiscard}>
            Discard
          </Button>
          <Button size="l" kind="primary" onClick={onCancel}>
            Keep
          </Button>
        </>
      }
    >
      This recording ({length}
      {formatBytes(item.bytes)}, {formatAgo(item.openedAtMs, Date.now())}) was never saved. Discarding removes its only copy.
    </Question>
  );
}
