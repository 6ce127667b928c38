// @title Lifts in a tower
// @description A simulation with a class that extends VizObject. Follow one lift: its floor, its passengers, where it goes next.
// @kind simulation
import { setTimeout as sleep } from 'node:timers/promises';
import { getTracer, VizCounter, VizObject } from 'trace-studio';

const SECONDS = Number(process.argv[2] ?? 60);
const FLOORS = 12;
const tracer = getTracer();
const people = new VizCounter(tracer, 'people');
people.waiting = 0;
people.riding = 0;
people.arrived = 0;
const waitingTime = new VizCounter(tracer, 'waiting time s');
const floors = Array.from({ length: FLOORS }, () => []);

/** Every write to a field is a snapshot: nothing to call, the class is the instrumentation. */
class Lift extends VizObject {
  floor = 0;
  direction = 'up';
  passengers = [];

  step(time) {
    const leaving = this.passengers.filter((person) => person.to === this.floor);
    const entering = floors[this.floor].splice(0, 6 - this.passengers.length + leaving.length);
    if (leaving.length + entering.length > 0) {
      this.passengers = [...this.passengers.filter((person) => person.to !== this.floor), ...entering];
      people.arrived += leaving.length;
      for (const person of entering) waitingTime.latest = time - person.since;
      return;
    }
    if (this.floor === FLOORS - 1) this.direction = 'down';
    if (this.floor === 0) this.direction = 'up';
    this.floor += this.direction === 'up' ? 1 : -1;
  }
}

const lifts = ['north', 'middle', 'south'].map((name) => new Lift(tracer, `lift ${name}`));
let nextPerson = 1;

for (let step = 0; step * 0.08 < SECONDS; step++) {
  const time = Math.round(step * 8) / 100;
  // The morning rush starts on the ground floor, the evening rush everywhere else.
  const rush = 0.5 + 0.5 * Math.sin(time / 4);
  if (Math.random() < 0.35 + rush / 2) {
    const from = rush > 0.5 ? 0 : Math.floor(Math.random() * FLOORS);
    const to = (from + 1 + Math.floor(Math.random() * (FLOORS - 1))) % FLOORS;
    floors[from].push({ id: nextPerson++, to, since: time });
  }
  for (const lift of lifts) lift.step(time);
  people.waiting = floors.reduce((sum, queue) => sum + queue.length, 0);
  people.riding = lifts.reduce((sum, lift) => sum + lift.passengers.length, 0);
  if (step % 125 === 0) console.log(`${time.toFixed(0)} s: ${people.arrived} people have arrived, ${people.waiting} wait.`);
  await sleep(80);
}
