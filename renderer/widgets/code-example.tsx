import { Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';
import './code-example.css';
import { toast } from './toast.tsx';

interface CodeExampleProps {
  /** What the lines use of `trace-studio`. */
  readonly names: readonly string[];
  readonly lines: readonly string[];
  /** How the script loads modules, as far as its name tells. */
  readonly commonJs: boolean;
}

/** Lines that can be put into a script as they are, with what loads their names. */
export function CodeExample({ names, lines, commonJs }: CodeExampleProps) {
  const [asRequire, setAsRequire] = useState(commonJs);
  const list = `{ ${names.join(', ')} }`;
  const load = asRequire ? `const ${list} = require('trace-studio');` : `import ${list} from 'trace-studio';`;
  const text = [load, '', ...lines].join('\n');
  return (
    <div className="code-example">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <div className="code-example-actions">
        <Button size="s" icon={Copy} onClick={() => copy(`${text}\n`)}>
          Copy
        </Button>
        <Button size="s" kind="quiet" title="How the script loads modules" onClick={() => setAsRequire(!asRequire)}>
          {asRequire ? 'With import' : 'With require'}
        </Button>
      </div>
    </div>
  );
}

function copy(text: string): void {
  navigator.clipboard.writeText(text).then(
    () => toast({ tone: 'ok', title: 'Copied', key: 'copied' }),
    () => toast({ tone: 'warn', title: 'The clipboard is not open to this page', text: 'Select the lines and copy them by hand.', key: 'copied' }),
  );
}
