import { CircleX } from 'lucide-react';
import { type ReactNode, useId, useRef } from 'react';
import type { ArgProblem } from '../../../core/plugin-api/args-schema.ts';
import type { ArgsSchema } from '../../../core/protocol/plugins.ts';
import { plural } from '../../state/words.ts';
import { Badge, Icon } from '../../widgets/index.ts';
import { ArgumentField } from './argument-field.tsx';
import { changeArgument, readForm } from './argument-text.ts';
import './arguments.css';
import { words } from './words.ts';

interface ArgumentsEditorProps {
  /** For screen readers: whose arguments these are. */
  readonly title: string;
  /** Shown before the text; not edited here. */
  readonly module: string;
  readonly schema: ArgsSchema | undefined;
  /** Nobody has asked it yet whether it has a schema: it is not trusted, or not there. */
  readonly unasked?: boolean;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly tools?: ReactNode;
}

/** The string as typed, and the form that says the same. */
export function ArgumentsEditor({ title, module, schema, unasked = false, text, onChange, tools }: ArgumentsEditorProps) {
  const form = schema ? readForm(schema, text) : { fields: [], problems: [] };
  const id = useId();
  return (
    <div className="arguments">
      <div className="arguments-head">
        <label htmlFor={id} className="medium">
          {words.argumentString}
        </label>
        {form.problems.length > 0 && <Badge tone="error">{plural(form.problems.length, 'problem')}</Badge>}
        <span className="grow" />
        {tools}
      </div>
      <RawText id={id} title={title} module={module} text={text} problems={form.problems} onChange={onChange} />
      {schema === undefined ? (
        <p className="arguments-note">{unasked ? words.argumentsNeedTrust : words.noSchema}</p>
      ) : form.fields.length === 0 ? (
        <p className="arguments-note">{words.noArguments}</p>
      ) : (
        <section className="arguments-form" aria-label={words.argumentsForm(title)}>
          {form.fields.map((field) => (
            <ArgumentField key={field.option.name} field={field} onChange={(value) => onChange(changeArgument(schema, text, field.option.name, value))} />
          ))}
        </section>
      )}
    </div>
  );
}

interface RawTextProps {
  readonly id: string;
  readonly title: string;
  readonly module: string;
  readonly text: string;
  readonly problems: readonly ArgProblem[];
  readonly onChange: (text: string) => void;
}

/** A text field with the wrong places underlined: the marks lie in a copy of the text behind it. */
function RawText({ id, title, module, text, problems, onChange }: RawTextProps) {
  const marks = useRef<HTMLDivElement>(null);
  return (
    <>
      <div className={`arguments-raw ${problems.length > 0 ? 'input-bad' : ''}`}>
        <span className="arguments-module ellipsis" title={module}>
          {module}
        </span>
        <div className="arguments-text">
          <div className="arguments-marks" ref={marks} aria-hidden="true">
            {pieces(text, problems).map((piece) => (piece.bad ? <u key={piece.from}>{piece.text}</u> : <span key={piece.from}>{piece.text}</span>))}
          </div>
          <input
            id={id}
            type="text"
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            placeholder={words.none}
            value={text}
            aria-label={words.argumentStringOf(title)}
            aria-invalid={problems.length > 0 || undefined}
            aria-describedby={problems.length > 0 ? `${id}-problems` : undefined}
            onChange={(event) => onChange(event.target.value)}
            onScroll={(event) => {
              if (marks.current) marks.current.scrollLeft = event.currentTarget.scrollLeft;
            }}
          />
        </div>
      </div>
      {problems.length > 0 && (
        <div role="alert">
          <ul className="arguments-problems" id={`${id}-problems`}>
            {problems.map((problem) => (
              <li key={`${problem.from} ${problem.message}`}>
                <Icon of={CircleX} />
                <span>
                  {problem.to > problem.from ? words.character(problem.from + 1) : ''}
                  {problem.message}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

interface Piece {
  readonly from: number;
  readonly text: string;
  readonly bad: boolean;
}

function pieces(text: string, problems: readonly ArgProblem[]): readonly Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const { from, to } of problems) {
    if (from < at || to <= from) continue;
    if (from > at) out.push({ from: at, text: text.slice(at, from), bad: false });
    out.push({ from, text: text.slice(from, to), bad: true });
    at = to;
  }
  if (at < text.length) out.push({ from: at, text: text.slice(at), bad: false });
  return out;
}
