// @title Sorting, step by step
// @description Quicksort and heapsort on the same numbers. Step the array through time and see which two cells changed.
// @kind sorting
const { setTimeout: sleep } = require('node:timers/promises');
const { getTracer, VizCounter, VizObject } = require('trace-studio');

const SECONDS = Number(process.argv[2] ?? 60);
const ends = Date.now() + SECONDS * 1000;

/** An array that is looked at while it is sorted. */
class Sorting {
  constructor(name, values) {
    this.counter = new VizCounter(getTracer(), name);
    this.counter.comparisons = 0;
    this.counter.swaps = 0;
    this.picture = new VizObject(getTracer(), `${name}: the array`, { triggerOnChange: false });
    this.picture.values = values;
    this.picture.range = [0, values.length - 1];
    this.picture.log();
    this.values = values;
  }
  less(i, j) {
    this.counter.comparisons += 1;
    return this.values[i] < this.values[j];
  }
  async swap(i, j) {
    [this.values[i], this.values[j]] = [this.values[j], this.values[i]];
    this.counter.swaps += 1;
    this.picture.log();
    await sleep(12);
  }
}

async function quicksort(sorting, low = 0, high = sorting.values.length - 1) {
  if (low >= high || Date.now() > ends) return;
  sorting.picture.range = [low, high];
  let edge = low;
  for (let i = low; i < high; i++) if (sorting.less(i, high)) await sorting.swap(i, edge++);
  await sorting.swap(edge, high);
  await quicksort(sorting, low, edge - 1);
  await quicksort(sorting, edge + 1, high);
}

async function heapsort(sorting) {
  const sift = async (root, size) => {
    for (let child = 2 * root + 1; child < size && Date.now() < ends; root = child, child = 2 * root + 1) {
      if (child + 1 < size && sorting.less(child, child + 1)) child += 1;
      if (!sorting.less(root, child)) return;
      await sorting.swap(root, child);
    }
  };
  const { length } = sorting.values;
  for (let root = (length >> 1) - 1; root >= 0; root--) await sift(root, length);
  for (let size = length - 1; size > 0 && Date.now() < ends; size--) {
    await sorting.swap(0, size);
    await sift(0, size);
  }
}

async function main() {
  for (let round = 1; Date.now() < ends; round++) {
    const numbers = Array.from({ length: 48 }, () => Math.floor(Math.random() * 100));
    const quick = new Sorting('quicksort', [...numbers]);
    const heap = new Sorting('heapsort', [...numbers]);
    await Promise.all([quicksort(quick), heapsort(heap)]);
    console.log(`Round ${round}: quicksort ${quick.counter.swaps} swaps, heapsort ${heap.counter.swaps} swaps.`);
    quick.picture.dispose();
    heap.picture.dispose();
  }
}
main();
