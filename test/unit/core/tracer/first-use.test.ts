import { describe, expect, it } from 'vitest';
import { mayReach, mayReachFilePromises, mayReachFiles, mayReachTimers } from '../../../../core/tracer/first-use.ts';

describe('a file', () => {
  it.each([
    "const { spawn } = require('child_process');",
    'require("node:worker_threads")',
    "require('cluster').fork()",
    "const load = require; load('child' + '_process')",
    "require('child_' + name)",
    'require(name)',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code of a script
    'require(`node:${name}`)',
    'module.require(name)',
    'run({ require, module })',
    "process.getBuiltinModule('child_' + 'process')",
    "const { createRequire } = require('module')",
    "require('node:module')._load(name)",
    "import('./other.mjs')",
    "import fs from 'node:fs';",
    'eval(code)',
    "require('vm').runInThisContext(code)",
  ])('may reach what is patched: %s', (code) => {
    expect(mayReach(code)).toBe(true);
  });

  it.each([
    '',
    "const fs = require('fs'); const { a } = require('./a.cjs'); module.exports = { a };",
    'const express = require("express")();',
    'if (require.main === module) start(); require.resolve("./x");',
    "const { getTracer } = require('trace-studio'); class A { constructor() { this.required = 'important'; } }",
  ])('cannot: %s', (code) => {
    expect(mayReach(code)).toBe(false);
  });
});

describe('what the runtime changes late', () => {
  it.each([
    [mayReachFiles, "require('node:fs')", true],
    [mayReachFiles, 'import { readFile } from "node:fs"', true],
    [mayReachFiles, 'require(name)', true],
    [mayReachFiles, "require('node:path').join('a', 'b')", false],
    [mayReachFilePromises, "require('fs').promises", true],
    [mayReachFilePromises, "require('fs').readFileSync('a')", false],
    [mayReachTimers, "require('timers/promises')", true],
    [mayReachTimers, "require('http'); setTimeout(run, 1)", false],
    [mayReach, "require('child_process')", true],
    [mayReachTimers, "require('child_process')", false],
  ])('%o: %s', (mayBe, code, reaches) => expect(mayBe(code)).toBe(reaches));
});
