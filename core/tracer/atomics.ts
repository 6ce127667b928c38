/** In every supported Node, and not in the library of ES2023. A pending one alone does not keep a thread alive. */
export const { waitAsync } = Atomics as typeof Atomics & {
  waitAsync(
    array: Int32Array,
    index: number,
    value: number,
    timeoutMs?: number,
  ): { readonly async: false; readonly value: string } | { readonly async: true; readonly value: Promise<string> };
};
