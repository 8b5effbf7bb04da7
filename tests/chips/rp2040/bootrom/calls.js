// SPDX-License-Identifier: MIT
//
// calls.js: calls functions of the boot ROM as a program does, in the emulator.  Standard input is a JSON list of
//   {call: "P3", words: [r0, …]}       a function, by its name;  {float: offset, words}, {double: …}: of a table of arithmetic
//   {poke: address, bytes}  {peek: address, count}   memory, as the core sees it
//   {fill: byte}  {flash: offset, count}              the flash, as its chip has it
// Standard output is the list of results: {words: [r0, r1], cycles, kept: …}, or bytes; and last {findings}.
'use strict';
const fs = require('fs');
const {Pico} = require('../emulator/pico.js');

const FUNCTIONS = 0x14, DATA = 0x16, LOOK_UP = 0x18;
const RETURN = 0x2003f000, STACK = 0x20040000, KEPT = [4, 5, 6, 7, 8, 9, 10, 11, 12], FLASH_BYTES = 2 << 20;

const pico = new Pico({scl: 5, sda: 4});
const {rp2040} = pico, {core} = rp2040;

function call(address, words) {
  const began = pico.cycles;
  for (const register of KEPT) {
    core.registers[register] = 0x1000 + register;
  }
  words.forEach((word, i) => { core.registers[i] = word; });
  Object.assign(core, {SP: STACK, LR: RETURN | 1, PC: address & ~1, waiting: false});
  pico.runUntil(() => core.PC === RETURN || pico.findings.length > 0, 10);
  return {words: [core.registers[0] >>> 0, core.registers[1] >>> 0], cycles: pico.cycles - began,
    changed: KEPT.filter((register) => core.registers[register] !== 0x1000 + register).concat(core.SP === STACK ? [] : ['sp'])};
}

function lookUp(table, name) {
  return call(rp2040.readUint16(LOOK_UP), [rp2040.readUint16(table), name.charCodeAt(0) | name.charCodeAt(1) << 8]).words[0];
}

function arithmetic(table, offset) {
  return rp2040.readUint32(lookUp(DATA, table) + offset);
}

function answer(request) {
  if (request.poke !== undefined) {
    request.bytes.forEach((byte, i) => rp2040.writeUint8(request.poke + i, byte));
    return null;
  }
  if (request.peek !== undefined) {
    return [...Array(request.count).keys()].map((i) => rp2040.readUint8(request.peek + i));
  }
  if (request.fill !== undefined) {
    rp2040.flash.fill(request.fill, 0, FLASH_BYTES);
    return null;
  }
  if (request.flash !== undefined) { // as it is, whatever state its bus is in
    return [...rp2040.flash.subarray(request.flash, request.flash + request.count)];
  }
  const address = request.call !== undefined ? lookUp(FUNCTIONS, request.call) :
    request.float !== undefined ? arithmetic('SF', request.float) : arithmetic('SD', request.double);
  return address === 0 ? null : call(address, request.words);
}

const results = JSON.parse(fs.readFileSync(0)).map(answer);
console.log(JSON.stringify([...results, {findings: pico.findings}]));
