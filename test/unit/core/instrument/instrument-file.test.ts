import { describe, expect, it } from 'vitest';
import { ID } from '../../../../core/instrument/inserted-text.ts';
import { type FileRequest, instrumentFile } from '../../../../core/instrument/instrument-file.ts';
import { frameText, OriginalPositions } from '../../../../core/instrument/original-positions.ts';

const request = (source: string, files: Readonly<Record<string, string>> = {}, more: Partial<FileRequest> = {}): FileRequest => ({
  file: '/project/out/main.js',
  source,
  kind: 'either',
  arguments: false,
  results: false,
  exceptions: true,
  readText: (path) => files[path],
  fromBase64: (text) => Buffer.from(text, 'base64').toString('utf8'),
  ...more,
});
const groups = (one: FileRequest): string[][] => instrumentFile(one).groups.map(({ file, lines }) => [file, ...lines.split('\n')]);

const map = (fields: object): string => JSON.stringify({ version: 3, names: [], ...fields });
// The generated line 1 is line 3 of the source, column by column; line 2 is line 10.
const TO_SOURCE = { sources: ['../src/main.ts'], mappings: 'AAEA;AAOA' };

describe('a file', () => {
  it('has a line for each function, where it was written', () => {
    expect(groups(request('function a() {}\n  const b = async () => {}; [1].map((x) => x);'))).toEqual([
      ['/project/out/main.js', '1 1 8 main.js', '1 1 0 a', '2 13 1 b', '2 37 0 (anonymous main.js:2)'],
    ]);
  });

  it('is an ES module if it cannot be CommonJS', () => {
    expect(instrumentFile(request("import a from 'a';\nfunction f() {}")).code).toContain(`let _$tsT=_$tsM(${ID});import`);
    expect(instrumentFile(request('let a = ;'))).toMatchObject({ code: '', reason: expect.stringContaining('It cannot be parsed: '), groups: [] });
  });

  it('is left alone if it holds our names', () => {
    const { code, reason } = instrumentFile(request('const a = "_$tsE";'));
    expect([code, reason]).toEqual(['', 'It holds names that recording would put in: it is instrumented already, or a bundle of the tracer.']);
  });

  it('names no map of its own only if it had one', () => {
    expect(instrumentFile(request('f();')).code).toMatch(/\n\/\/# sourceMappingURL=data:application\/json;base64,\S+$/);
    expect(instrumentFile(request('f();\n//# sourceMappingURL=main.js.map')).code.split('sourceMappingURL')).toHaveLength(2);
    expect(instrumentFile(request('')).code).toBe('');
  });
});

describe('places of functions', () => {
  const code = 'function a() {}\nfunction b() {}\n';
  it('come from a map in the file', () => {
    const url = `data:application/json;base64,${Buffer.from(map(TO_SOURCE)).toString('base64')}`;
    expect(groups(request(`${code}//# sourceMappingURL=${url}`))).toEqual([['/project/src/main.ts', '3 1 8 main.js', '3 1 0 a', '10 1 0 b']]);
    const plain = `data:application/json,${encodeURIComponent(map(TO_SOURCE))}`;
    expect(groups(request(`${code}//# sourceMappingURL=${plain}`))).toEqual([['/project/src/main.ts', '3 1 8 main.js', '3 1 0 a', '10 1 0 b']]);
  });

  it('come from a map beside it, which is named as read', () => {
    const one = request(`${code}//# sourceMappingURL=maps/main.js.map`, {
      '/project/out/maps/main.js.map': map({ ...TO_SOURCE, sources: ['../../src/main.ts'] }),
    });
    expect(groups(one)).toEqual([['/project/src/main.ts', '3 1 8 main.js', '3 1 0 a', '10 1 0 b']]);
    expect(instrumentFile(one).read).toContain('/project/out/maps/main.js.map');
  });

  it('go on through the map of what a map leads to', () => {
    const files = {
      '/project/out/main.js.map': map({ sources: ['../middle/main.js'], mappings: 'AAAA;AACA' }),
      '/project/middle/main.js': `${code}//# sourceMappingURL=main.js.map`,
      '/project/middle/main.js.map': map(TO_SOURCE),
    };
    expect(groups(request(`${code}//# sourceMappingURL=main.js.map`, files))).toEqual([['/project/src/main.ts', '3 1 8 main.js', '3 1 0 a', '10 1 0 b']]);
  });

  it('are those of the file where its map is missing, broken or leads to itself', () => {
    const own = [['/project/out/main.js', '1 1 8 main.js', '1 1 0 a', '2 1 0 b']];
    expect(groups(request(`${code}//# sourceMappingURL=gone.map`))).toEqual(own);
    expect(groups(request(`${code}//# sourceMappingURL=broken.map`, { '/project/out/broken.map': '{' }))).toEqual(own);
    expect(groups(request(`${code}//# sourceMappingURL=https://elsewhere/main.js.map`))).toEqual(own);
    const loop = map({ sources: ['main.js'], mappings: 'AAAA;AACA' });
    expect(groups(request(`${code}//# sourceMappingURL=main.js.map`, { '/project/out/main.js.map': loop }))).toEqual(own);
  });

  it('are in groups where a bundle holds several files', () => {
    const bundle = map({ sources: ['../src/one.ts', '../src/two.ts'], mappings: 'AAAA;ACAA' });
    expect(groups(request(`${code}//# sourceMappingURL=main.js.map`, { '/project/out/main.js.map': bundle }))).toEqual([
      ['/project/src/one.ts', '1 1 8 main.js', '1 1 0 a'],
      ['/project/src/two.ts', '1 1 0 b'],
    ]);
  });
});

describe('places in instrumented text', () => {
  it('lead back to the original ones', () => {
    const source = 'const f = async (a) => { await g(a); return h(a); };\nconst g = (a) => a, h = (x) => { throw x; };';
    let number = 0;
    const code = instrumentFile(request(source)).code.replaceAll(ID, () => String(++number * 1000));
    const positions = new OriginalPositions(code);
    for (const word of ['g(a)', 'h(a)', 'throw x', 'await']) {
      const [at, from] = [code.indexOf(word), source.indexOf(word)];
      expect(positions.offset(at)).toBe(from);
      const line = source.slice(0, from).split('\n').length;
      const columnOf = (text: string, offset: number): number => offset - text.lastIndexOf('\n', offset - 1);
      expect(positions.column(line, columnOf(code, at))).toBe(columnOf(source, from));
    }
    expect(positions.column(99, 3)).toBe(3);
  });

  it('are set right in the text of a frame', () => {
    expect(frameText('at f (/a:1:2.js:1:20)', 1, 20, 7)).toBe('at f (/a:1:2.js:1:7)');
    expect(frameText('at <anonymous>', 1, 20, 7)).toBe('at <anonymous>');
  });
});
