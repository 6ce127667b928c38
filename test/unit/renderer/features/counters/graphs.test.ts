import { describe, expect, it } from 'vitest';
import { readPalette } from '../../../../../renderer/drawing/palette.ts';
import { valueAxis } from '../../../../../renderer/drawing/value-axis.ts';
import { commonUnit, unitOfName } from '../../../../../renderer/features/counters/counter-name.ts';
import type { ShownGraph } from '../../../../../renderer/features/counters/counter-plot.ts';
import { csvOf, fileName, sheetOf, svgOf } from '../../../../../renderer/features/counters/graph-files.ts';
import { numberOf } from '../../../../../renderer/features/counters/numbers.ts';
import { resolveGraph } from '../../../../../renderer/features/counters/resolve-graph.ts';
import { axisValueInUnit, unitText, valueInUnit } from '../../../../../renderer/features/counters/units.ts';
import { addSeries, FIRST_OPTIONS } from '../../../../../renderer/state/graph-arrangement.ts';
import type { CounterInfo } from '../../../../../renderer/trace/trace-worker-api.ts';

const counter = (name: string, ...series: string[]): CounterInfo => ({
  key: `0/${name}`,
  name,
  process: 0,
  series: series.map((each, id) => ({ id, name: each, samples: 1, last: 0, min: 0, max: 0 })),
});

describe('units', () => {
  it('are told by names, at their end or as their last word', () => {
    expect(['memory MB', 'heapUsedBytes', 'cpu_percent', 'latency-ms', 'load (%)', 'free %', 'waiting', 'items left', 'HZ'].map(unitOfName)).toEqual([
      'MB',
      'B',
      '%',
      'ms',
      '%',
      '%',
      '',
      '',
      'Hz',
    ]);
    expect([commonUnit(['ms', 'ms']), commonUnit(['ms', '']), commonUnit([])]).toEqual(['ms', '', '']);
  });

  it('show bytes in the step that suits them, and other numbers alone', () => {
    expect([0, 812, -1500, 12_410_000, 5e13].map((value) => valueInUnit(value, 'B'))).toEqual(['0 B', '812 B', '−1.50 kB', '12.41 MB', '50.00 TB']);
    expect(valueInUnit(136.24, 'ms', 1)).toBe('136.2');
    expect(valueInUnit(undefined, 'B')).toBe('–');
    expect([axisValueInUnit(8e6, 'B'), axisValueInUnit(0, 'B'), axisValueInUnit(1500, '')]).toEqual(['8 MB', '0', '1500']);
    expect([unitText('ms', 'rate'), unitText('B', 'value'), unitText('', 'delta'), unitText('', 'value')]).toEqual(['ms per second', 'bytes', 'change', '']);
  });

  it('are understood as people type numbers', () => {
    expect(['12.5', '1,000', '-3e4', '5 M', '200 MB', '80 %', '.5', '−2', '1e400', 'soon', '', '1 2', '5 minutes'].map(numberOf)).toEqual([
      12.5,
      1000,
      -3e4,
      5e6,
      2e8,
      80,
      0.5,
      -2,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a graph of several counters', () => {
  const counters = new Map([counter('queue', 'waiting', 'running'), counter('heap bytes', 'used')].map((each) => [each.key, each]));
  const own = { id: 'own 2', counter: undefined, title: undefined, added: [], options: FIRST_OPTIONS };

  it('names its lines so that they can be told apart, and leaves out what is not in this recording', () => {
    const graph = resolveGraph(
      addSeries(own, [
        { counter: '0/queue', series: 'waiting' },
        { counter: '0/heap bytes', series: 'used' },
        { counter: '0/gone', series: 'x' },
      ]),
      counters,
      0,
    );
    expect(graph.lines.map((line) => line.name)).toEqual(['queue · waiting', 'heap bytes']);
    expect(graph).toMatchObject({ title: 'queue, heap bytes', name: 'Graph 2: queue, heap bytes', unit: '' });
  });

  it('has the unit that all its series have', () => {
    expect(resolveGraph(addSeries(own, [{ counter: '0/heap bytes', series: 'used' }]), counters, 0).unit).toBe('B');
    expect(resolveGraph({ ...own, counter: '0/queue', options: { ...FIRST_OPTIONS, unit: 'jobs' } }, counters, 0)).toMatchObject({
      unit: 'jobs',
      foundUnit: '',
    });
  });
});

/** Two series over 40 ns in four columns; the second is hidden. */
function shown(): ShownGraph {
  const NONE = Number.NaN;
  const lines = {
    fromNs: 0,
    toNs: 40,
    columns: 4,
    y: Float64Array.from([[NONE, NONE, NONE, NONE], [1, 1, 9, 4], [4, 4, 4, 4], [6, 6, 6, 6], new Array(16).fill(7)].flat()),
    sampled: Uint8Array.from([0, 1, 0, 1, 1, 1, 1, 1]),
    edges: new Float64Array(8).fill(NONE),
    stats: [],
    coarse: false,
  };
  const style = (color: number) => ({ color, dash: undefined });
  return {
    lines,
    series: [
      { id: 0, key: 'a', name: '=load <b>"1"</b>', style: style(1) },
      { id: 1, key: 'b', name: 'hidden', style: style(2) },
    ],
    numbers: [
      { now: '6', min: '1', max: '9', mean: '5' },
      { now: '7', min: '7', max: '7', mean: '7' },
    ],
    scene: {
      width: 300,
      height: 150,
      range: { fromNs: 0, toNs: 40 },
      endNs: 40,
      relative: true,
      live: true,
      axis: valueAxis(FIRST_OPTIONS, { min: 1, max: 9, leastPositive: 1 }, undefined),
      markText: String,
      lines,
      series: [
        { ...style(1), isShown: true },
        { ...style(2), isShown: false },
      ],
      shape: 'step',
      thresholds: [5],
    },
  };
}

describe('a graph as a file', () => {
  it('is CSV with a row for each column that has samples of what is shown; names are no formulas', () => {
    expect(csvOf(shown(), true)).toBe(
      [`time_s,"'=load <b>""1""</b>","'=load <b>""1""</b> min","'=load <b>""1""</b> max"`, '1e-8,4,1,9', '3e-8,6,6,6', ''].join('\r\n'),
    );
    expect(csvOf(shown(), false).split('\r\n')[1]).toBe('1e-8,4');
  });

  it('is SVG that holds title, axis, threshold and the legend of what is shown, names as text', () => {
    const palette = readPalette({
      getPropertyValue: (name) => (name.startsWith('--data') ? '#102030' : name === '--area' ? '.16' : name === '--font-ui' ? '"Inter", x' : '#ffffff0b'),
    });
    const svg = svgOf(sheetOf(shown(), 'load\u0000 & more', 'ms'), palette, (text) => text.length * 6);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="640" height="\d+"/);
    expect(svg).toContain('<title>load\ufffd &amp; more</title>');
    expect(svg).toContain('=load &lt;b&gt;&quot;1&quot;&lt;/b&gt;');
    expect(svg).not.toContain('hidden');
    // A threshold with its value, opacities apart from their colours, every group closed.
    expect(svg).toContain('>5</text>');
    expect(svg).toContain('fill="#102030" fill-opacity="0.16"');
    expect(svg).not.toMatch(/="#[0-9a-f]{8}"/);
    expect(svg.match(/<g[ >]/g)).toHaveLength(svg.match(/<\/g>/g)?.length ?? -1);
    // What counts back from now would mean nothing tomorrow.
    expect(svg).not.toContain('>now</text>');
  });

  it('has a name that every system takes', () => {
    expect(fileName('cpu %', 'png')).toBe('cpu.png');
    expect(fileName('../../a:b', 'csv')).toBe('a-b.csv');
    expect(fileName('💥', 'svg')).toBe('graph.svg');
  });
});
