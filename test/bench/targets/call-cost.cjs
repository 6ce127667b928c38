// What the recording of calls costs the script: nanoseconds of one call, as JSON on stdout. In turns, so that a neighbour's burst of work
// falls on all alike; the lower quartile of the rounds. Functions that are not to be recorded say so by the magic comment.
const ROUNDS = 24;
const DEPTH = Number(process.argv[2] ?? 27);
const { bigint: hrtime } = process.hrtime;
const clock = new BigUint64Array(2);

// !viztracer: ignore
function plain(n) {
  return n < 2 ? n : plain(n - 1) + plain(n - 2);
}
// !viztracer: ignore
function floor(n) {
  clock[0] = hrtime();
  try {
    return n < 2 ? n : floor(n - 1) + floor(n - 2);
  } finally {
    clock[1] = hrtime();
  }
}
function traced(n) {
  return n < 2 ? n : traced(n - 1) + traced(n - 2);
}
function muted(n) {
  return n < 2 ? n : muted(n - 1) + muted(n - 2);
}

// !viztracer: ignore
async function plainAsync(n) {
  await null;
  return n;
}
async function tracedAsync(n) {
  await null;
  return n;
}

// !viztracer: ignore
const countCalls = (n) => (n < 2 ? 1 : 1 + countCalls(n - 1) + countCalls(n - 2));
// !viztracer: ignore
const lowerQuartile = (figures) => figures.sort((a, b) => a - b)[figures.length >> 2];
// !viztracer: ignore
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const CASES = { plain, floor, traced, ...(process.argv[3] === 'muted' && { muted }) };
const AWAITS = 20_000;
// !viztracer: ignore
async function awaitAll(f) {
  let sum = 0;
  for (let i = 0; i < AWAITS; i++) sum += await f(1);
  return sum;
}

// !viztracer: ignore
async function main() {
  if (process.argv[3] === 'muted') {
    // The benchmark mutes it once it knows the function, and says so.
    traced(1);
    muted(1);
    process.stdout.write('ready\n');
    await new Promise((resolve) => process.stdin.once('data', resolve));
  }
  const calls = countCalls(DEPTH);
  const times = Object.fromEntries([...Object.keys(CASES), 'plainAsync', 'tracedAsync'].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, f] of Object.entries(CASES)) {
      const began = hrtime();
      f(DEPTH);
      times[name].push(Number(hrtime() - began) / calls);
      await pause(20);
    }
    for (const [name, f] of [
      ['plainAsync', plainAsync],
      ['tracedAsync', tracedAsync],
    ]) {
      const began = hrtime();
      await awaitAll(f);
      times[name].push(Number(hrtime() - began) / AWAITS);
      await pause(20);
    }
  }
  process.stdout.write(`${JSON.stringify(Object.fromEntries(Object.entries(times).map(([name, figures]) => [name, lowerQuartile(figures.slice(4))])))}\n`);
  process.exit();
}
main();
