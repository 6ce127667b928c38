/** What is asked before something goes away: a running script, a recording that was never saved. */
import type { ReactNode } from 'react';
import type { RecentItem } from '../../../core/protocol/studio-api.ts';
import { formatDuration } from '../../drawing/format.ts';
import { formatAgo, formatBytes } from '../../state/words.ts';
import { Button, Dialog } from '../../widgets/index.ts';
import { words } from './words.ts';

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
  return (
    <Question
      title={words.stillRunning(title, count)}
      onCancel={onCancel}
      foot={
        <>
          <Button size="l" kind="quiet" onClick={onCancel}>
            {words.cancel}
          </Button>
          <Button size="l" onClick={onKeep}>
            {words.keepRecording}
          </Button>
          <Button size="l" kind="primary" onClick={onStop}>
            {words.stopAndClose}
          </Button>
        </>
      }
    >
      {words.stopEnds(count)}
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
      title={words.notSavedTitle}
      onCancel={onCancel}
      foot={
        <>
          <Button size="l" kind="danger" onClick={onDiscard}>
            {words.discard}
          </Button>
          <Button size="l" onClick={onKeep}>
            {words.keep}
          </Button>
          <Button size="l" kind="primary" onClick={onSave}>
            {words.save}
          </Button>
        </>
      }
    >
      {words.neverSaved(title)} {keepRule && (keepRule.endsWith('.') ? keepRule : `${keepRule}.`)}
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
      title={words.discardIt(item.title)}
      onCancel={onCancel}
      foot={
        <>
          <Button size="l" kind="danger" onClick={onDiscard}>
            {words.discard}
          </Button>
          <Button size="l" kind="primary" onClick={onCancel}>
            {words.keep}
          </Button>
        </>
      }
    >
      {words.discardText(`${length}${formatBytes(item.bytes)}, ${formatAgo(item.openedAtMs, Date.now())}`)}
    </Question>
  );
}
