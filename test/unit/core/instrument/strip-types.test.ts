import { describe, expect, it } from 'vitest';
import { stripTypes } from '../../../../core/instrument/strip-types.ts';

describe('stripTypes', () => {
  it('keeps every line and column of what remains', () => {
    const source = 'interface A {\n  b: number;\n}\nconst c: A = { b: 1 }; throw new Error(String(c));\n';
    const code = stripTypes(source, 'a.ts');
    expect(code.length).toBe(source.length);
    expect(code.split('\n')[3]?.indexOf('throw')).toBe(source.split('\n')[3]?.indexOf('throw'));
    expect(code).not.toContain('interface');
  });

  it('says where syntax stands that has to be compiled', () => {
    expect(() => stripTypes('const a = 1;\nenum B { C }\n', 'folder/b.ts')).toThrow(/enum is not supported in strip-only mode\nfolder\/b\.ts:2/);
  });

  it('says where text is not TypeScript', () => {
    expect(() => stripTypes('const x: number = ;', 'x.ts')).toThrow(SyntaxError);
  });
});
