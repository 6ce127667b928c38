import { Bug } from 'lucide-react';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button, EmptyState } from '../widgets/index.ts';
import { words } from './words.ts';

interface ErrorBoundaryProps {
  /** What is not shown: "The object inspector". */
  readonly what: string;
  readonly children: ReactNode;
}

/** One part of the window that failed does not take the others with it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly error: Error | undefined }> {
  override state = { error: undefined as Error | undefined };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <EmptyState
        icon={Bug}
        tone="error"
        title={words.failed(this.props.what)}
        actions={<Button onClick={() => this.setState({ error: undefined })}>{words.showItAgain}</Button>}
      >
        {words.failedText(error.message)}
      </EmptyState>
    );
  }
}
