// SPDX-License-Identifier: MIT
//
// profile.js IMAGE.uf2 [ADDRESS [SCL_HZ]]: where the cycles of an interrupt go.  GPIO 5 is SCL, GPIO 4 SDA.
//
// It makes one transfer (two bytes written, Sr, two bytes read).  For each interrupt it prints how many cycles pass from each word of the
// engine to the answering word (entry included), how many until the return, and the cycles in each function.  The names come from IMAGE.elf
// in the same directory.
'use strict';
const {execFileSync} = require('child_process');
const fs = require('fs');
const answers = require('./answers.js');
const {Pico} = require('./pico.js');

// [address, name] of every function, in order.
function functionsOf(elf) {
  return execFileSync('arm-none-eabi-nm', ['-n', elf], {encoding: 'utf8'}).split('\n').map((line) => line.split(' '))
    .filter(([, kind]) => /^[tT]$/.test(kind)).map(([address, , name]) => [parseInt(address, 16) & ~1, name]);
}

function nameAt(functions, pc) {
  const before = functions.filter(([address]) => address <= pc);
  return before.length > 0 ? before[before.length - 1][1] : '?';
}

// Watches a Pico; interrupts: {requested, answers, returned, functions}.
function watch(pico, functions) {
  const {core} = pico.rp2040, interrupts = [];
  let now = null, raised = 0;
  answers.watchLines(pico, (cycle) => {
    raised = cycle;
  });
  const execute = core.executeInstruction.bind(core);
  core.executeInstruction = () => {
    const pc = core.PC, cycles = execute(), inside = core.IPSR !== 0;
    if (inside && !now) {
      now = {requested: raised, answers: [], returned: 0, functions: {}};
      interrupts.push(now);
    }
    if (now) {
      const name = nameAt(functions, pc);
      now.functions[name] = (now.functions[name] || 0) + cycles;
      now.returned = pico.cycles;
    }
    now = inside ? now : null;
    return cycles;
  };
  answers.watch(pico, (cycles) => now.answers.push(cycles));
  return interrupts;
}

function main([image, address = '0x50', sclHz = '400000']) {
  const pico = new Pico({image: fs.readFileSync(image), scl: 5, sda: 4, sclHz: Number(sclHz)});
  pico.runUntil(() => pico.isAsleep, 0.01);
  const interrupts = watch(pico, functionsOf(image.replace(/uf2$/, 'elf')));
  const {result, read} = pico.transfer([{address: Number(address), write: [1, 2]}, {address: Number(address), read: 2}]);
  console.log(`${result}: ${read[1]}; longest stretch ${pico.machine.longestStretchNs()} ns`);
  console.log('  answers  return  in functions');
  for (const {requested, answers: answered, returned, functions: inside} of interrupts) {
    console.log(`${answered.join(', ').padStart(9)}  ${String(returned - requested).padStart(6)}  ` +
      Object.entries(inside).map(([name, cycles]) => `${name} ${cycles}`).join(', '));
  }
}

main(process.argv.slice(2));
