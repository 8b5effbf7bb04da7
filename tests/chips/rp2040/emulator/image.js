// SPDX-License-Identifier: MIT
//
// image.js WHAT IMAGE.uf2 [ARGUMENT…]: one image on GPIO 5 (SCL) and 4 (SDA), in one situation.  Prints the result as JSON.
'use strict';
const fs = require('fs');
const answers = require('./answers.js');
const {Pico} = require('./pico.js');
const {writeTrace} = require('../../../emulator/trace.js');

const SCL = 5, SDA = 4, REGISTERS = 0x40, EEPROM = 0x50;
const XOSC_STARTUP = 0x4002400c, PLL_FBDIV = 0x40028008, PLL_PRIM = 0x4002800c, TIMERAWL = 0x40054028;

function listening(uf2, options = {}) {
  const pico = new Pico({image: uf2, scl: SCL, sda: SDA, ...options});
  pico.runUntil(() => pico.isAsleep, 0.01);
  return pico;
}

// What every situation reports.
function judged(pico, seen) {
  return {...seen, findings: pico.findings, violations: pico.violations, everDriving: pico.everDriving, everHigh: pico.everHigh,
    worstHandler: pico.worstHandler, longestStretchNs: pico.machine.longestStretchNs()};
}

function put(pico, register, value) {
  return pico.transfer([{address: REGISTERS, write: [register, value]}]).result;
}

function get(pico, register) {
  return pico.transfer([{address: REGISTERS, write: [register]}, {address: REGISTERS, read: 1}]).read[1][0];
}

// The target is addressed and holds SCL, and the core does not react.  Which pads are driven then?
function hold(pico) {
  pico.handStart();
  pico.rp2040.core.enabledInterrupts = 0;
  for (let bit = 7; bit >= 0; bit--) {
    pico.handClock(REGISTERS << 1 >> bit & 1);
  }
  pico.machine.handClock(1);
  pico.run(0.0001);
  return pico.driving;
}

// The shortest and the longest answer of each kind, in cycles; and the low phases of SCL that they need, so that nobody sees a stretch: while the
// EEPROM programs a page, and else.
class Answers {
  constructor() {
    Object.assign(this, {cycles: {}, lowNs: {}});
  }

  of(pico) {
    const times = [];
    answers.watch(pico, (cycles) => times.push(cycles));
    const ask = (when, messages, kinds) => {
      times.length = 0;
      pico.machine.longestPullNs();
      const {result} = pico.transfer(messages);
      if (times.length !== kinds.length) {
        throw new Error(`${times.length} answers instead of ${kinds.length}`);
      }
      kinds.forEach((kind, i) => this.count(kind, times[i]));
      this.lowNs[when] = Math.max(this.lowNs[when] || 0, pico.machine.longestPullNs());
      return result;
    };
    const several = (kind, count) => Array(count).fill(kind);
    for (let at = 0; at < 64; at += 8) {
      ask('else', [{address: EEPROM, write: [at, ...several(at, 8)]}], ['address', ...several('written', 9)]);
      while (ask('programming', [{address: EEPROM, write: []}], ['programming']) !== 'done') {
        pico.run(0.0004);
      }
      ask('else', [{address: EEPROM, write: [at]}, {address: EEPROM, read: 8}], ['address', 'written', 'address', ...several('read', 8), 'end']);
    }
  }

  count(kind, cycles) {
    const [least, most] = this.cycles[kind] || [cycles, cycles];
    this.cycles[kind] = [Math.min(least, cycles), Math.max(most, cycles)];
  }
}

const situations = {
  clocks(uf2) {
    const pico = listening(uf2), {rp2040} = pico;
    const read = (address) => rp2040.readUint32(address) >>> 0;
    const began = read(TIMERAWL);
    pico.run(0.01);
    return judged(pico, {sysHz: rp2040.clocks.sysFreq, refHz: rp2040.clocks.refFreq, tick: pico.tick, settle: read(XOSC_STARTUP),
      multiplier: read(PLL_FBDIV), dividers: read(PLL_PRIM), tenMs: read(TIMERAWL) - began});
  },

  // The program of quirk.c: an address alone, three bytes written, three read.
  quirk(uf2) {
    const pico = listening(uf2), ask = (...messages) => pico.transfer(messages.map((message) => ({address: REGISTERS, ...message})));
    const alone = ask({write: []}).result, written = ask({write: [1, 2, 3]}).result;
    return judged(pico, {alone, written, read: ask({read: 3}).read[0], both: ask({write: [4]}, {read: 2}).read[1]});
  },

  // The program gives up: i2ctarget_board_fail(error), whose error a debugger finds.
  fail(uf2, boardFail, boardError) {
    const pico = listening(uf2), {core, sramView} = pico.rp2040;
    Object.assign(core, {PC: Number(boardFail), waiting: false});
    core.registers[0] = -22;
    pico.runUntil(() => pico.isAsleep, 0.001);
    return judged(pico, {error: sramView.getInt32(Number(boardError) - 0x20000000, true), functions: [SCL, SDA].map((gpio) =>
      pico.rp2040.gpio[gpio].functionSelect), isMasked: core.PM});
  },

  // A fault (vector 3 is HardFault's) while the target holds SCL.
  fault(uf2) {
    const pico = listening(uf2), {core} = pico.rp2040, held = hold(pico);
    Object.assign(core, {PC: pico.rp2040.readUint32(core.VTOR + 12) & ~1, waiting: false});
    pico.run(0.0001);
    return judged(pico, {held, after: pico.driving, isAsleep: pico.isAsleep});
  },

  // A debugger's reset while the target holds SCL.  The wires are free before the clocks are.
  restart(uf2) {
    const pico = listening(uf2);
    put(pico, 1, 0x55);
    const held = hold(pico);
    pico.resetCore();
    pico.run(0.00001);
    const after = pico.driving;
    pico.runUntil(() => pico.isAsleep, 0.01);
    pico.runUntil(() => !pico.machine.handBusy(), 0.01);
    pico.handStop();
    return judged(pico, {held, after, before: get(pico, 1), set: put(pico, 1, 0xaa), got: get(pico, 1)});
  },

  // The same words at any speed; longest interrupt and stretch.
  speed(uf2, sclHz) {
    const pico = listening(uf2, {sclHz: Number(sclHz)}), got = [];
    for (let register = 0; register < 16; register++) {
      put(pico, register, register * 17 ^ 0x5a);
    }
    for (let register = 0; register < 16; register++) {
      got.push(get(pico, register));
    }
    const strangers = [0x3f, 0x42, 0x50].map((address) => pico.transfer([{address, write: [1, 2, 3]}]));
    return judged(pico, {got, strangers: strangers.map(({result, stretchNs}) => [result, stretchNs])});
  },

  // A register that counts waits, looked at twice.
  waits(uf2, register) {
    const pico = listening(uf2), before = get(pico, Number(register));
    pico.run(0.01);
    return judged(pico, {before, after: get(pico, Number(register))});
  },

  // A controller that ignores stretching: every answer must be there in time.
  eeprom(uf2, sclHz) {
    const pico = listening(uf2, {sclHz: Number(sclHz), mayStretch: false}), ask = (messages) => pico.transfer(messages, {ignoreStretch: true});
    const data = [...Array(256).keys()].map((i) => (i * 73 + 41) & 0xff), polls = [];
    for (let at = 0; at < data.length; at += 8) {
      const {result} = ask([{address: EEPROM, write: [at, ...data.slice(at, at + 8)]}]);
      if (result !== 'done') {
        throw new Error(`page ${at}: ${result}`);
      }
      let count = 0;
      while (ask([{address: EEPROM, write: []}]).result === 'address NACK' && count < 1000) {
        count++;
        pico.run(0.0001);
      }
      polls.push(count);
    }
    const {read, result} = ask([{address: EEPROM, write: [0]}, {address: EEPROM, read: 256}]);
    return judged(pico, {result, isEqual: JSON.stringify(read[1]) === JSON.stringify(data), polls: [Math.min(...polls), Math.max(...polls)]});
  },

  // How long a 24C02's answers take.  The speeds differ a little, so that the bit that decides comes at every moment of the handler's looking.
  answers(uf2, sclHz) {
    const seen = new Answers();
    for (let slower = 0; slower < 8; slower++) {
      const pico = listening(uf2, {sclHz: sclHz * (1 - slower / 100)});
      seen.of(pico);
      if (pico.findings.length > 0 || pico.violations.length > 0) {
        return judged(pico, seen);
      }
    }
    return seen;
  },

  // As a Raspberry Pi reads a HAT at boot: it does not wait for anybody.
  hat(uf2, sclHz) {
    const pico = listening(uf2, {sclHz: Number(sclHz), mayStretch: false});
    const read = (at, count) => pico.transfer([{address: EEPROM, write: [at >> 8, at & 0xff]}, {address: EEPROM, read: count}],
      {ignoreStretch: true}).read[1];
    const bytes = read(0, 12), length = bytes[8] | bytes[9] << 8;
    for (let at = bytes.length; at < length && at < 4096; at += 32) {
      bytes.push(...read(at, Math.min(32, length - at)));
    }
    return judged(pico, {bytes});
  },

  // For sigrok.
  trace(uf2, path) {
    const pico = listening(uf2, {trace: true});
    get(pico, 1);
    put(pico, 1, 0xaa);
    get(pico, 1);
    pico.transfer([{address: 0x42, write: [1]}]);
    pico.transfer([{address: REGISTERS, read: 3}]);
    pico.transfer([{address: REGISTERS, write: [16, 1]}]);
    writeTrace(path, pico.edges);
    return judged(pico, {});
  },
};

const [what, image, ...words] = process.argv.slice(2);
console.log(JSON.stringify(situations[what](fs.readFileSync(image), ...words)));
