// SPDX-License-Identifier: MIT
//
// profile.js IMAGE.uf2 [ADDRESS [SCL_HZ]]: where the cycles of an interrupt go.  GPIO 5 is SCL, GPIO 4 SDA.
//
// One transfer (two bytes written, Sr, two bytes read); for each interrupt: how many cycles from the request to the first word that the
// engine got after it had said something, and to the return, entry and exit included; then the cycles in each function.  IMAGE.elf beside
// it has the names.
'use strict';
const {execFileSync} = require('child_process');
const fs = require('fs');
const {Pico} = require('./pico.js');

const RXF0 = 0x20, TXF0 = 0x10, FIFOS_BYTES = 16;

// [address, name] of every function, in order.
function functionsOf(elf) {
  return execFileSync('arm-none-eabi-nm', ['-n', elf], {encoding: 'utf8'}).split('\n').map((line) => line.split(' '))
    .filter(([, kind]) => /^[tT]$/.test(kind)).map(([address, , name]) => [parseInt(address, 16) & ~1, name]);
}

function nameAt(functions, pc) {
  const before = functions.filter(([address]) => address <= pc);
  return before.length > 0 ? before[before.length - 1][1] : '?';
}

const isOf = (fifo, offset) => offset >= fifo && offset < fifo + FIFOS_BYTES;

// Watches a Pico; interrupts: {requested, answered, returned, functions}.
function watch(pico, functions) {
  const {core, pio} = pico.rp2040, interrupts = [];
  let now = null;
  const execute = core.executeInstruction.bind(core);
  core.executeInstruction = () => {
    const pc = core.PC, cycles = execute(), inside = core.IPSR !== 0;
    if (inside && !now) {
      now = {requested: pico.cycles, answered: 0, returned: 0, functions: {}};
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
  for (const block of pio) {
    const read = block.readUint32.bind(block), write = block.writeUint32Atomic.bind(block);
    block.readUint32 = (offset) => {
      if (now && isOf(RXF0, offset)) {
        now.hasWord = true;
      }
      return read(offset);
    };
    block.writeUint32Atomic = (offset, value, alias) => {
      if (now && now.hasWord && !now.answered && isOf(TXF0, offset)) {
        now.answered = pico.cycles;
      }
      write(offset, value, alias);
    };
  }
  return interrupts;
}

function main([image, address = '0x50', sclHz = '400000']) {
  const pico = new Pico({uf2: fs.readFileSync(image), scl: 5, sda: 4, sclHz: Number(sclHz)});
  pico.runUntil(() => pico.isAsleep, 0.01);
  const interrupts = watch(pico, functionsOf(image.replace(/uf2$/, 'elf')));
  const {result, read} = pico.transfer([{address: Number(address), write: [1, 2]}, {address: Number(address), read: 2}]);
  console.log(`${result}: ${read[1]}; longest stretch ${pico.machine.longestStretchNs()} ns`);
  console.log('answer  return  in functions');
  for (const {requested, answered, returned, functions: inside} of interrupts) {
    const answer = answered ? String(answered - requested) : '-';
    console.log(`${answer.padStart(6)}  ${String(returned - requested).padStart(6)}  ` +
      Object.entries(inside).map(([name, cycles]) => `${name} ${cycles}`).join(', '));
  }
}

main(process.argv.slice(2));
