/**
 * A sentence about a number of things: `#` stands for the number, as people write it, and of `{one|many}` the form that goes with it is taken.
 * `counted('# {slice was|slices were} left out.', 1)` is "1 slice was left out."
 */
export function counted(sentence: string, count: number): string {
  return sentence.replaceAll(/#|\{([^|{}]*)\|([^{}]*)\}/g, (found, one: string | undefined, many: string | undefined) => {
    if (found === '#') return count.toLocaleString('en-US');
    return (count === 1 ? one : many) ?? '';
  });
}
