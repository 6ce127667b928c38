/** Counters that the tracer itself makes. Those of the script stand before them in every list: they are what its author looks for. */
export const EVENT_LOOP_DELAY = 'event loop delay (ms)';

export const isRuntimeCounter = (name: string): boolean => name === EVENT_LOOP_DELAY;
