/** Runs in the page: until what moves has come to rest. A text that fades in has too little contrast on its way. */
export const AT_REST = `Promise.allSettled(
  document.getAnimations().filter((each) => each.playState === 'running' && each.effect?.getComputedTiming().endTime !== Infinity).map((each) => each.finished),
).then(() => {})`;
