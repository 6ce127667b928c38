/** The manual in the window: pages at the left, found by their words; links lead from page to page. */
import { Search } from 'lucide-react';
import { useRef, useState } from 'react';
import { useClients } from '../../state/clients.tsx';
import { Dialog, Markdown, TextField, toastProblem } from '../../widgets/index.ts';
import './help.css';
import { MANUAL, searchManual } from './manual.ts';
import { words } from './words.ts';

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const { studio } = useClients();
  const [wanted, setWanted] = useState('');
  const [file, setFile] = useState(MANUAL[0]?.file);
  const article = useRef<HTMLElement>(null);
  const hits = searchManual(MANUAL, wanted);
  const page = MANUAL.find((each) => each.file === file);
  const go = (to: string) => {
    setFile(to);
    article.current?.scrollTo({ top: 0 });
  };
  const follow = (url: string) => {
    const name = url.replace(/#.*$/, '').replace(/^.*\//, '');
    if (MANUAL.some((each) => each.file === name)) go(name);
    else if (url.startsWith('https://')) studio.request('window.openExternal', { url }).catch((error: unknown) => toastProblem(error));
  };
  return (
    <Dialog open onClose={onClose} title={words.title} about={page?.title} width={1000} height={720}>
      <div className="help">
        <nav className="help-pages" aria-label={words.pages}>
          <TextField icon={Search} aria-label={words.search} placeholder={words.search} value={wanted} onChange={setWanted} />
          <ul>
            {hits.map((hit) => (
              <li key={hit.page.file}>
                <button type="button" aria-current={hit.page.file === file ? 'page' : undefined} onClick={() => go(hit.page.file)}>
                  <span>{hit.page.title}</span>
                  {hit.around !== '' && <span className="help-around t3">{hit.around}</span>}
                </button>
              </li>
            ))}
          </ul>
          <p className="t3" role="status">
            {hits.length === 0 ? words.nothing : ''}
          </p>
        </nav>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
        <article className="help-page" ref={article} tabIndex={0} aria-label={page?.title}>
          {page && <Markdown text={page.text} onLink={follow} isLink={isLink} />}
        </article>
      </div>
    </Dialog>
  );
}

const isLink = (url: string): boolean => url.startsWith('https://') || MANUAL.some(({ file }) => url.replace(/#.*$/, '') === file);
