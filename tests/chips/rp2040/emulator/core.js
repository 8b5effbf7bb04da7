// SPDX-License-Identifier: MIT
//
// core.js: a few instructions at a time, on the core as mend.js leaves it.  Prints the results as JSON.
'use strict';
const {Pico} = require('./pico.js');

const CODE = 0x20001000, HANDLER = 0x20001100, VECTORS = 0x20000000, STACK = 0x20040000;
const VTOR = 0xe000ed08, ICSR = 0xe000ed04, SCR = 0xe000ed10, NVIC_ISER = 0xe000e100;
const PENDSV = 14, PENDSVSET = 1 << 28, SEVONPEND = 1 << 4, ALARM_0 = 0;
// Thumb.
const NOP = 0x46c0, WFE = 0xbf20, SEV = 0xbf40, BX_LR = 0x4770, MOV_R0_PC = 0x4678, ADD_R1_PC = 0x4479, HERE = 0xe7fe;

function core(code, handler = [BX_LR]) {
  const pico = new Pico({scl: 5, sda: 4}), {rp2040} = pico;
  code.forEach((opcode, i) => rp2040.writeUint16(CODE + 2 * i, opcode));
  handler.forEach((opcode, i) => rp2040.writeUint16(HANDLER + 2 * i, opcode));
  for (let vector = 1; vector < 48; vector++) {
    rp2040.writeUint32(VECTORS + 4 * vector, HANDLER | 1);
  }
  rp2040.writeUint32(VTOR, VECTORS);
  Object.assign(rp2040.core, {SP: STACK, PC: CODE, waiting: false, eventRegistered: false});
  return pico;
}

function steps(pico, count) {
  for (let i = 0; i < count; i++) {
    pico.step();
  }
  return {pc: pico.rp2040.core.PC - CODE, isAsleep: pico.isAsleep};
}

const results = {
  // Where a handler is, by its own instructions.
  vector() {
    const pico = core([NOP, HERE], [MOV_R0_PC, ADD_R1_PC, BX_LR]), {rp2040} = pico;
    rp2040.core.registers[1] = 0;
    rp2040.writeUint32(ICSR, PENDSVSET);
    steps(pico, 2);
    const {IPSR, registers} = rp2040.core;
    return {isPendSv: IPSR === PENDSV, mov: registers[0] - HANDLER, add: registers[1] - HANDLER};
  },

  // An event that was registered ends the next WFE at once, and only that.
  sev() {
    const pico = core([SEV, WFE, NOP, WFE, NOP, HERE]);
    return {before: steps(pico, 3), after: steps(pico, 1)};
  },

  // A disabled interrupt wakes who sleeps, if SEVONPEND says so.
  sevonpend() {
    return [0, SEVONPEND].map((scr) => {
      const pico = core([WFE, NOP, HERE]);
      pico.rp2040.writeUint32(SCR, scr);
      pico.rp2040.writeUint32(NVIC_ISER, 0);
      const before = steps(pico, 1);
      pico.rp2040.setInterrupt(ALARM_0, true);
      return {before, isAsleep: pico.isAsleep, scr: pico.rp2040.readUint32(SCR)};
    });
  },

  // Core 1, which is not there, says 0 when it comes out of reset; before that it says nothing.
  mailbox() {
    const {rp2040} = core([HERE]), valid = () => rp2040.readUint32(0xd0000050) & 1;
    const said = [valid()];
    rp2040.writeUint32(0x40012004, 1 << 16); // PSM.FRCE_OFF, set
    said.push(valid());
    rp2040.writeUint32(0x40013004, 1 << 16); // and cleared
    said.push(valid(), rp2040.readUint32(0xd0000058), valid());
    return said;
  },

  // What runs ahead of the machine has the same time as what does not.
  time() {
    const pico = core([NOP, NOP, NOP, 0xe7fb]), {rp2040} = pico, timer = () => rp2040.readUint32(0x40054028);
    const before = [timer(), pico.cycles], execute = rp2040.core.executeInstruction;
    let spent = 0;
    rp2040.core.executeInstruction = () => {
      const cycles = execute.call(rp2040.core);
      spent += cycles;
      return cycles;
    };
    pico.run(0.001);
    return {us: timer() - before[0], cycles: pico.cycles - before[1], spent};
  },
};

console.log(JSON.stringify(Object.fromEntries(Object.entries(results).map(([name, call]) => [name, call()]))));
