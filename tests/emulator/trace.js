// SPDX-License-Identifier: MIT
//
// The wires' edges as Value Change Dump (IEEE 1364-2005 §18), for sigrok, PulseView and GTKWave.
'use strict';
const fs = require('fs');

// edges: [ns, scl, sda], one for each moment something may have changed.
function writeTrace(path, edges) {
  const lines = ['$timescale 1 ns $end', '$scope module board $end', '$var wire 1 c SCL $end', '$var wire 1 d SDA $end', '$upscope $end',
    '$enddefinitions $end', '#0', '1c', '1d'];
  let before = [1, 1];
  for (const [ns, ...now] of edges) {
    const changes = ['c', 'd'].filter((_, i) => now[i] !== before[i]).map((name) => `${now[name === 'c' ? 0 : 1]}${name}`);
    if (changes.length > 0) {
      lines.push(`#${ns}`, ...changes);
    }
    before = now;
  }
  if (edges.length > 0) {
    lines.push(`#${edges[edges.length - 1][0] + 1000}`); // the last level lasts
  }
  fs.writeFileSync(path, lines.join('\n') + '\n');
}

module.exports = {writeTrace};
