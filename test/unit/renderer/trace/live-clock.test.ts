import { beforeEach, expect, test } from 'vitest';
import { LiveClock } from '../../../../renderer/trace/live-clock.ts';

const START_MS = 1_000_000;
let wallMs: number;
let steadyMs: number;
let clock: LiveClock;

function pass(ms: number): void {
  wallMs += ms;
  steadyMs += ms;
}

beforeEach(() => {
  wallMs = START_MS;
  steadyMs = 500;
  clock = new LiveClock(START_MS, { wallMs: () => wallMs, steadyMs: () => steadyMs });
});

test('is the wall clock on the machine of the recording', () => {
  pass(3000);
  expect(clock.nowNs()).toBe(3e9);
  clock.note(2.9e9, true);
  pass(100);
  expect(clock.nowNs()).toBe(3.1e9);
});

test('tells how long a quiet recording has been running when it is opened', () => {
  pass(60_000);
  clock.note(1e9, false);
  expect(clock.nowNs()).toBe(60e9);
});

test('never lies before the newest event, and never goes back', () => {
  clock.note(20e6, true);
  expect(clock.nowNs()).toBe(20e6);
  pass(100);
  expect(clock.nowNs()).toBe(100e6);
  wallMs -= 50;
  expect(clock.nowNs()).toBe(100e6);
});

test('goes by arrivals when the window is on a machine whose clock is behind', () => {
  wallMs -= 3_600_000;
  clock.note(2e9, true);
  pass(1000);
  expect(clock.nowNs()).toBe(3e9);
  // The delay of one event does not move it back.
  clock.note(2.5e9, true);
  pass(1000);
  expect(clock.nowNs()).toBe(4e9);
});

test('goes by arrivals when the window is on a machine whose clock is ahead', () => {
  wallMs += 3_600_000;
  clock.note(1e9, false);
  expect(clock.nowNs()).toBe(3600e9);
  clock.note(2e9, true);
  expect(clock.nowNs()).toBe(2e9);
  pass(500);
  expect(clock.nowNs()).toBe(2.5e9);
});
