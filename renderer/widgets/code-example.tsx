import { Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';
import './code-example.css';
import { toast } from './toast.tsx';
import { words } from './words.ts';

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
          {words.copy}
        </Button>
        <Button size="s" kind="quiet" title={words.modules} onClick={() => setAsRequire(!asRequire)}>
          {asRequire ? words.withImport : words.withRequire}
        </Button>
      </div>
    </div>
  );
}

function copy(text: string): void {
  navigator.clipboard.writeText(text).then(
    () => toast({ tone: 'ok', title: words.copied, key: 'copied' }),
    () => toast({ tone: 'warn', title: words.noClipboard, text: words.noClipboardText, key: 'copied' }),
  );
}
