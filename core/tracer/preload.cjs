// biome-ignore-all lint: old syntax only. A Node below the floor parses this file, too, and has to go on as if it were not there.
'use strict';
// Loaded into every Node process of a session by NODE_OPTIONS=--require. Whatever fails in here is silent to the script.
(function () {
  try {
    var parts = process.versions.node.split('.');
    var major = Number(parts[0]);
    if (major < 20 || (major === 20 && Number(parts[1]) < 19)) return;
    require('./tracer.cjs').install(__filename);
  } catch (_) {
    // The script runs untraced; that no process has connected is what the studio shows.
  } finally {
    try {
      delete require.cache[__filename];
    } catch (_) {
      // A frozen cache: the script sees one entry more.
    }
  }
})();
