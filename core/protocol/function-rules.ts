import type { FunctionRule } from './target-wire.ts';

/** A rule with what it says. Of several that mean a function the last counts. */
export interface MuteRule extends FunctionRule {
  readonly muted: boolean;
}

/** A run has no more rules than this: each of them is looked at for each function that is loaded. */
export const MAX_MUTE_RULES = 1000;

/** `rules` and one more word behind them, as few as say the same. */
export function withRules(rules: readonly MuteRule[], functions: readonly FunctionRule[], muted: boolean): readonly MuteRule[] {
  let now = [...rules];
  for (const { file, name, line } of functions) {
    const isWhole = name === undefined && line === undefined;
    now = now.filter((rule) => rule.file !== file || !(isWhole || (rule.name === name && rule.line === line)));
    // Nothing is muted of itself: a word that it is not is needed where another says that it is.
    if (!muted && !now.some((rule) => rule.file === file && rule.muted)) continue;
    now.push({ file, ...(name !== undefined && { name }), ...(line !== undefined && { line }), muted });
  }
  return now;
}

/** The rule that counts for a function; undefined: none means it. */
export const ruleFor = (rules: readonly MuteRule[], { file, name, line }: FunctionRule): MuteRule | undefined =>
  rules.findLast((rule) => rule.file === file && (rule.name === undefined || rule.name === name) && (rule.line === undefined || rule.line === line));
