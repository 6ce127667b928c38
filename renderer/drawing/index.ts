export * from './axis-range.ts';
export * from './counter-marks.ts';
export * from './format.ts';
export * from './grid-lookup.ts';
export * from './palette.ts';
export * from './step-path.ts';
