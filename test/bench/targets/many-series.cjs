// Two hundred series that wander, each its own way: twenty counters of ten, `samples` of each. Then it ends.
const { getTracer } = require('trace-studio');

const samples = Number(process.argv[2] ?? 50_000);
const tracer = getTracer();
const counters = Array.from({ length: 20 }, (_, c) => ({
  name: `group ${c}`,
  values: Object.fromEntries(Array.from({ length: 10 }, (_, s) => [`series ${s}`, 100 * c])),
}));
let seed = 1;
const step = () => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return (seed % 201) - 100;
};
let written = 0;
// In parts, so that what was written can leave.
const part = () => {
  const end = Math.min(samples, written + 1000);
  for (; written < end; written++) {
    for (const { name, values } of counters) {
      for (const series in values) values[series] += step();
      tracer.counter(name, values);
    }
  }
  if (written < samples) setTimeout(part, 5);
  else console.log(`${samples * 200} values written`);
};
part();
