'use strict';
// Loaded into every Node process of a session by NODE_OPTIONS=--require. Old syntax only: a Node below the floor parses it
// too, and has to go on as if it were not there. Whatever fails in here is silent to the script.
(() => {
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
