// Two hundred series that wander, each its own way: twenty counters of ten, each written so many times a second, until it has written `samples`.
const { getTracer } = require('trace-studio');

const samples = Number(process.argv[2] ?? 50_000);
const perSecond = Number(process.argv[3] ?? 200);
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
const began = performance.now();
let written = 0;
const timer = setInterval(() => {
  const due = Math.min(samples, Math.floor(((performance.now() - began) / 1000) * perSecond));
  for (; written < due; written++) {
    for (const { name, values } of counters) {
      for (const series in values) values[series] += step();
      tracer.counter(name, values);
    }
  }
  if (written === samples) clearInterval(timer);
}, 5);
