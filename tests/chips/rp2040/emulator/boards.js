// SPDX-License-Identifier: MIT
//
// boards.js IMAGE.uf2 BOARD SCL SDA …: runs each board's own image, and prints a line of JSON with the result for each.
//
// It does what the API document shows with i2c-tools and the example: look for it (i2cdetect), read register 1, write it, read it again.
'use strict';
const fs = require('fs');
const {Pico} = require('./pico.js');

const TARGET = 0x40, SOON = {seconds: 0.005};

// As i2cdetect does it: a quick write, or a read of one byte where a quick write could harm an EEPROM or a clock chip.
function detect(pico) {
  const found = [];
  for (let address = 0x08; address <= 0x77; address++) {
    const isReadOnly = (address >= 0x30 && address <= 0x37) || (address >= 0x50 && address <= 0x5f);
    const {result} = pico.transfer([isReadOnly ? {address, read: 1} : {address, write: []}], SOON);
    if (result === 'done') {
      found.push(address);
    } else if (result !== 'address NACK') {
      throw new Error(`probing 0x${address.toString(16)}: ${result}`);
    }
  }
  return found;
}

function get(pico, register) {
  const {result, read} = pico.transfer([{address: TARGET, write: [register]}, {address: TARGET, read: 1}], SOON);
  return result === 'done' ? read[1][0] : result;
}

// Every pin as RP2040's registers describe it.
function pins(pico) {
  return pico.rp2040.gpio.map(({ctrl, padValue}) => ({ctrl: ctrl >>> 0, pad: padValue}));
}

function tryBoard(uf2, scl, sda) {
  const pico = new Pico({image: uf2, scl, sda});
  pico.runUntil(() => pico.isAsleep, 0.002);
  const listening = {everDriving: pico.everDriving, clkSys: pico.rp2040.clkSys, edges: pico.violations.length};
  const before = get(pico, 1);
  const set = pico.transfer([{address: TARGET, write: [1, 0xaa]}], SOON).result;
  const after = get(pico, 1);
  return {listening, before, set, after, found: detect(pico), everDriving: pico.everDriving, everHigh: pico.everHigh, pins: pins(pico),
    violations: pico.violations, findings: pico.findings, worstHandler: pico.worstHandler,
    longestStretchNs: pico.machine.longestStretchNs(), misuse: [0, 1].map((block) => pico.machine.pioMisuse(block))};
}

for (let i = 2; i + 3 < process.argv.length; i += 4) {
  const [image, board, scl, sda] = process.argv.slice(i, i + 4);
  let seen;
  try {
    seen = tryBoard(fs.readFileSync(image), Number(scl), Number(sda));
  } catch (error) {
    seen = {error: error.message};
  }
  console.log(JSON.stringify({board, ...seen}));
}
