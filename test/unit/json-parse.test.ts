/**
 * No trace is read by JSON.parse as a whole: it would hold a file of any size in memory, many times over, and give nothing of one that is
 * cut. Whoever parses JSON is in this table, with what bounds it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

const ALLOWED: Readonly<Record<string, string>> = {
  'core/formats/event-output.ts': 'one snapshot or args, a record at most',
  'core/formats/event-values.ts': 'one value of an event, bounded by the limits of the importer',
  'core/formats/file-info.ts': 'the file_info of a report, as much as an importer keeps of one member',
  'core/formats/import-metadata.ts': 'args of a metadata event or one member beside the events, 64 KB at most',
  'core/formats/import-samples.ts': 'args of one event of a CPU profile, 16 MB at most',
  'core/formats/imported-members.ts': 'members of imported files beside their events, 128 MB at most in all',
  'core/formats/perfetto-arguments.ts': 'one argument of an event, its packet at most',
  'core/formats/perfetto-writer.ts': 'one snapshot or args, a record at most',
  'core/formats/processed-json.ts': 'the metadata that plugins left, 1 MB at most',
  'core/formats/trace-event-fields.ts': 'one string with escapes',
  'core/model/console-calls.ts': 'args of one call, which this tracer wrote',
  'core/model/timeline/search-query.ts': 'arguments of one slice, a record at most',
  'core/model/value-tree.ts': 'one snapshot, a record at most',
  'core/protocol/recording-reader.ts': 'head, INFO line, index and footer of a recording, a block at most',
  'core/protocol/rpc.ts': 'one message',
  'core/protocol/sources.ts': 'the head of one text, of at most 64 KB',
  'core/tracer/calls/file-cache.ts': 'the first line of an entry that it wrote itself',
  'core/tracer/drain-loop.ts': 'one control frame',
  'core/tracer/kept-events.ts': 'one THREAD frame of this process',
  'core/tracer/package-type.ts': 'a package.json',
  'core/tracer/plugin-host.ts': 'its task, an argument',
  'core/tracer/plugins/find-module.ts': 'a package.json',
  'core/tracer/sampling/source-positions.ts': 'a source map, of at most 64 MB of text',
  'core/tracer/sampling/thread-reach.ts': 'a profile of some tens of milliseconds, from a thread of this process',
  'core/tracer/sampling/thread-session.ts': 'one message of a thread of this process',
  'core/tracer/save/process-items.ts': 'one HELLO or THREAD frame of this process',
  'core/tracer/save/trace-data.ts': 'lines that it has just written itself, some 256 KB at a time',
  'core/tracer/target-settings.ts': 'an environment variable',
  'core/tracer/tracer.ts': 'settings, an argument',
  'main/collector/plugin-reports.ts': 'one line of a plugin host',
  'main/collector/target-connection.ts': 'one frame of a target',
  'main/services/attach/inspector.ts': 'one message of a debugger, of at most 1 MB',
  'main/services/config/config-files.ts': 'a config file of at most 256 KB, or a package.json',
  'main/services/config/find-config.ts': 'a package.json',
  'main/services/config/run-config.ts': 'one line of a process that ran a config file',
  'main/services/json-file.ts': 'small files that the studio wrote itself',
  'main/services/launch/project.ts': 'a package.json',
  'main/services/nodes/node-probe.ts': 'one line that a Node printed',
  'main/services/nodes/project-pin.ts': 'a package.json',
  'main/services/plugins/find-module.ts': 'a package.json',
  'main/services/plugins/probe.ts': 'one line that a probe printed',
  'renderer/app/dock/dock-layout.ts': 'an arrangement of panels, at most 200 kB in the settings',
  'renderer/app/open-traces.ts': 'what the page remembered of its open traces',
  'renderer/bridge/report.ts': 'what a report says of itself, without its trace',
  'renderer/features/counters/drop-place.ts': 'names of series, or the number of a graph, that this window put into a drag itself',
  'renderer/features/export/export-form.tsx': 'a question that it wrote itself',
  'renderer/state/graph-store.ts': 'how graphs are arranged, at most 200 kB in the settings',
  'renderer/state/launch-store.ts': 'the form that the page remembered',
  'renderer/state/track-view.ts': 'how tracks lie, at most 200 kB in the settings',
};

const sources = ['core', 'main', 'preload', 'renderer'].flatMap((top) =>
  readdirSync(path.join(root, top), { recursive: true, encoding: 'utf8' })
    .map((entry) => `${top}/${entry.replaceAll('\\', '/')}`)
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file)),
);

/** Anything of JSON but `stringify`, and `.json()` of an answer. Comments and texts do not count. */
function parsesJson(file: string, text: string): boolean {
  let found = false;
  new Visitor({
    MemberExpression({ object, property }) {
      const name = property.type === 'Identifier' ? property.name : undefined;
      if (object.type === 'Identifier' && object.name === 'JSON' && name !== 'stringify') found = true;
    },
    CallExpression({ callee }) {
      if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && callee.property.name === 'json') found = true;
    },
  }).visit(parseSync(file, text).program);
  return found;
}

it('JSON is parsed where the table says, and nowhere else', () => {
  const parsing = sources.filter((file) => parsesJson(file, readFileSync(path.join(root, file), 'utf8')));
  expect(parsing.sort(), 'read a trace with core/formats; for a small text add a row to test/unit/json-parse.test.ts that says what bounds it').toEqual(
    Object.keys(ALLOWED).sort(),
  );
});

it.each([
  ['JSON.parse(text)', true],
  ["['[]'].map(JSON.parse)", true],
  ["JSON['parse'](text)", true],
  ['await answer.json()', true],
  ["JSON.stringify('JSON.parse') // JSON.parse", false],
])('%s is seen as parsing: %s', (code, parses) => expect(parsesJson('a.ts', code)).toBe(parses));
