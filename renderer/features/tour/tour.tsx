/** Five steps through the window, each beside what it is about. It can be left at any step and does not stop the work. */
import { type CSSProperties, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { changeSettings } from '../../state/settings-store.ts';
import { endTour, goInTour, useTour } from '../../state/tour-store.ts';
import { Button } from '../../widgets/index.ts';
import './tour.css';
import { STEPS, words } from './words.ts';

interface TourProps {
  /** A run is in sight: the steps after the first have something to show. */
  readonly hasTrace: boolean;
  readonly onRunExample: () => void;
}

export function Tour({ hasTrace, onRunExample }: TourProps) {
  const at = useTour();
  const step = at === undefined ? undefined : STEPS[at];
  const box = useBoxOf(step?.at);
  const popup = useRef<HTMLDivElement>(null);
  // The keys are its own at each step; what it is about can be clicked all the same.
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each step.
  useEffect(() => {
    popup.current?.querySelector<HTMLElement>('.btn-primary')?.focus();
  }, [at]);
  // Whoever runs something at the first step is at the second.
  useEffect(() => {
    if (at === 0 && hasTrace) goInTour(1);
    if (at !== undefined && at > 0 && !hasTrace) endTour();
  }, [at, hasTrace]);
  if (at === undefined || !step) return null;
  const leave = () => {
    changeSettings({ tourSeen: true });
    endTour();
  };
  const isLast = at === STEPS.length - 1;
  return (
    <>
      {box && <div className="tour-ring" aria-hidden="true" style={ringStyle(box)} />}
      <div
        ref={popup}
        className="tour"
        role="dialog"
        aria-label={`${words.label}: ${step.title}`}
        aria-describedby="tour-text"
        style={placeBeside(box)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          leave();
        }}
      >
        <h2>{step.title}</h2>
        <p id="tour-text">{step.text}</p>
        <div className="tour-foot">
          <span className="t3">{words.step(at)}</span>
          <span className="grow" />
          {!isLast && (
            <Button kind="quiet" onClick={leave}>
              {words.skip}
            </Button>
          )}
          {at > 1 && <Button onClick={() => goInTour(at - 1)}>{words.back}</Button>}
          <Button kind="primary" onClick={() => (isLast ? leave() : at === 0 ? onRunExample() : goInTour(at + 1))}>
            {isLast ? words.done : at === 0 ? words.runExample : words.next}
          </Button>
        </div>
      </div>
    </>
  );
}

/** On the start page, until it was taken or put off. */
export function TourOffer({ onBegin }: { readonly onBegin: () => void }) {
  return (
    <section className="tour-offer" aria-label={words.label}>
      <span>
        <b>{words.offer}</b> {words.offerText}
      </span>
      <span className="grow" />
      <Button kind="quiet" onClick={() => changeSettings({ tourSeen: true })}>
        {words.notNow}
      </Button>
      <Button onClick={onBegin}>{words.begin}</Button>
    </section>
  );
}

/** Where it lies; followed as long as the step is shown, since panels move. */
function useBoxOf(selectors: readonly string[] | undefined): DOMRect | undefined {
  const [box, setBox] = useState<DOMRect>();
  useLayoutEffect(() => {
    if (!selectors) return;
    const look = () => {
      const found = selectors.map((each) => document.querySelector(each)).find((each) => each !== null);
      const next = found?.getBoundingClientRect();
      setBox((before) => (before && next && sameBox(before, next) ? before : next));
    };
    look();
    const timer = setInterval(look, 200);
    return () => clearInterval(timer);
  }, [selectors]);
  return selectors && box;
}

const sameBox = (a: DOMRect, b: DOMRect): boolean => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

const ringStyle = ({ x, y, width, height }: DOMRect): CSSProperties => ({ left: x - 3, top: y - 3, width: width + 6, height: height + 6 });

const WIDTH = 330;
const HEIGHT = 190;
const GAP = 14;

/** Below, above, or over the lower corner of what it is about: wherever there is room. */
function placeBeside(box: DOMRect | undefined): CSSProperties {
  const { innerWidth, innerHeight } = window;
  if (!box) return { left: (innerWidth - WIDTH) / 2, bottom: 60, width: WIDTH };
  const left = Math.max(GAP, Math.min(innerWidth - WIDTH - GAP, box.x + box.width / 2 - WIDTH / 2));
  if (box.bottom + HEIGHT + GAP < innerHeight) return { left, top: box.bottom + GAP, width: WIDTH };
  const above = innerHeight - box.y + GAP;
  if (box.y > HEIGHT + GAP && above > 0) return { left, bottom: above, width: WIDTH };
  // What it is about may be larger than the window, and scrolled.
  const corner = { left: Math.min(box.right, innerWidth) - WIDTH - GAP, top: Math.min(box.bottom, innerHeight) - HEIGHT - GAP };
  return { left: Math.max(GAP, corner.left), top: Math.max(GAP, corner.top), width: WIDTH };
}
