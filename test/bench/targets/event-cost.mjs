// What events cost the script: nanoseconds of one operation, as JSON on stdout. Short rounds, taken in turns so that a neighbour's
// burst of work falls on all alike; each fits into the ring and is sent before the next. The lower quartile of them: what is above it
// is the cores being shared with the drain, the collector and whatever else runs.
import { getTracer, VizCounter, VizObject, VizTracer } from 'trace-studio';

const ROUNDS = 60;
const WARM_UP = 10;
const OPERATIONS = 2000;

const tracer = getTracer();
const stopped = new VizTracer();
const paused = new VizTracer();
paused.start();
paused.pause();

const fields = (object) => Object.assign(object, { id: 17, name: 'lamp', price: 39.5, stock: true, note: null });
const manual = { triggerOnChange: false };
const plain = { a: 0 };
const counter = new VizCounter(tracer, 'one attribute');
const five = Object.assign(new VizCounter(tracer, 'five attributes'), { a: 1, b: 2, c: 3, d: 4, e: 5 });
const stoppedCounter = new VizCounter(stopped, 'stopped');
const pausedCounter = new VizCounter(paused, 'paused');
const stoppedObject = fields(new VizObject(stopped, 'stopped'));
const nobody = new VizCounter(null, 'nobody');
const object = fields(new VizObject(tracer, 'five fields', manual));
const nested = Object.assign(new VizObject(tracer, 'a list', manual), {
  items: [
    { name: 'lamp', price: 39 },
    { name: 'chair', price: 80 },
  ],
  total: 119,
});

const CASES = {
  'performance.mark': () => {
    for (let i = 0; i < OPERATIONS; i++) performance.mark('cost');
    performance.clearMarks();
  },
  'plain write': () => {
    for (let i = 0; i < OPERATIONS; i++) plain.a = i;
  },
  'counter without a tracer': () => {
    for (let i = 0; i < OPERATIONS; i++) nobody.a = i;
  },
  'counter, tracer stopped': () => {
    for (let i = 0; i < OPERATIONS; i++) stoppedCounter.a = i;
  },
  'counter, tracer paused': () => {
    for (let i = 0; i < OPERATIONS; i++) pausedCounter.a = i;
  },
  'object, tracer stopped': () => {
    for (let i = 0; i < OPERATIONS; i++) stoppedObject.price = i;
  },
  'counter of one attribute': () => {
    for (let i = 0; i < OPERATIONS; i++) counter.a = i;
  },
  'counter of five attributes': () => {
    for (let i = 0; i < OPERATIONS; i++) five.c = i;
  },
  'object of five fields, one of them changed': () => {
    for (let i = 0; i < OPERATIONS; i++) {
      object.price = i;
      object.log();
    }
  },
  'object of five fields, all changed': () => {
    for (let i = 0; i < OPERATIONS; i++) {
      object.id = i;
      object.name = NAMES[i & 1023];
      object.price = i * 1.5;
      object.stock = (i & 1) === 0;
      object.note = NAMES[(i + 7) & 1023];
      object.log();
    }
  },
  'object with a list of two records': () => {
    for (let i = 0; i < OPERATIONS; i++) {
      nested.items[0].price = i;
      nested.log();
    }
  },
};
const NAMES = Array.from({ length: 1024 }, (_, i) => `name ${i}`);

const times = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(CASES)) {
    const began = process.hrtime.bigint();
    run();
    times[name].push(Number(process.hrtime.bigint() - began) / OPERATIONS);
    // Time for the drain: a full ring would be measured instead.
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
const lowerQuartile = (figures) => figures.slice(WARM_UP).sort((a, b) => a - b)[(ROUNDS - WARM_UP) >> 2];
console.log(JSON.stringify(Object.fromEntries(Object.entries(times).map(([name, figures]) => [name, lowerQuartile(figures)]))));
