// SPDX-License-Identifier: MIT
// Our model of PIO and rp2040js' on random programs: node compare.mjs PIO_WASM MODULES [PROGRAMS]
//
// rp2040js is somebody else's work, from the same datasheet.  Where it is faithful both must agree; where it is not is left out
// of the programs, or of the comparison, and said here (rp2040js 1.4.1, dist/*/peripherals/pio.js):
//
//   left out of all programs            because rp2040js
//   clock dividers, delays              does not step them
//   joined FIFOs                        does not model them
//   pins beyond 29                      does not wrap around
//   OUT of 32 bits                      leaves the OSR as it was
//   PULL IFEMPTY without autopull,      looks at the threshold only with autopull or autopush,
//   PUSH IFFULL without autopush,       and does not make the plain PULL a no-op then
//   plain PULL with autopull
//   with autopull: reading OSR, !OSRE,  does not refill in the background, so they see another OSR
//   STATUS of the TX FIFO
//   OUT of pins with autopull, and       lets the OUT win if it had stalled
//   side-set of the same pins
//   OUT PC with autopull                counts on from the new PC if the OUT had stalled
//   OUT EXEC, MOV EXEC of what stalls   advances PC at another time
//   FDEBUG                              sets TXSTALL for a PULL that does not block
//   disabled machines                   steps them, too: here only the machine under test is stepped
//   synchroniser                        has none: ours is bypassed
//   the moment an output shows          has no register between machine and pads: ours is compared two cycles later
//
// Three kinds of programs:
//   - straight: nothing stalls, machines 0 to 3 run at once; compared cycle by cycle.
//     (No IRQ flags here: rp2040js shows them to the machines after it in the same cycle.)
//   - stalling: one machine, compared whenever both stand still: rp2040js executes the next instruction in the very cycle in which
//     a stall ends, and the instruction of an EXEC at once; so cycles can not be compared, but all that comes out can.
//   - exec: as stalling; nothing but instructions from the FIFO, executed by OUT EXEC or MOV EXEC.

import { createRequire } from "node:module";
import { loadPio } from "../wasm/pio.mjs";

const [wasm, modules, programs = "300"] = process.argv.slice(2);
const { RP2040 } = createRequire(`${modules}/`)("rp2040js");
const [ours] = await loadPio(wasm);

const CTRL = 0, TXF = 0x10, RXF = 0x20, IRQ = 0x30, IRQ_FORCE = 0x34, BYPASS = 0x38, MEM = 0x48, SM = 0xc8, STRIDE = 0x18;
const EXECCTRL = 4, SHIFTCTRL = 8, ADDR = 0xc, INSTR = 0x10, PINCTRL = 0x14;
const JMP = 0, WAIT = 1, IN = 2, OUT = 3, FIFO = 4, MOV = 5, IRQS = 6, SET = 7;
const NOP = 0xa042, AUTOPUSH = 1 << 16, AUTOPULL = 1 << 17;

let seed = 12345;
function random(choices) {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) % choices;
}
const pick = (list) => list[random(list.length)];
const random32 = () => (random(65536) * 65536 + random(65536)) >>> 0;

// ---- programs -------------------------------------------------------------------------------------------------------------------

function jmp(rules) {
  const conditions = rules.autopull ? [0, 1, 2, 3, 4, 5, 6] : [0, 1, 2, 3, 4, 5, 6, 7];
  return (JMP << 13) | (pick(conditions) << 5) | random(32);
}

function wait(rules) {
  const source = pick([0, 1, 2]);
  return (WAIT << 13) | (random(2) << 7) | (source << 5) | (source === 2 ? random(8) : random(30));
}

function inn(rules) {
  return (IN << 13) | (pick(rules.autopull ? [0, 1, 2, 3, 6] : [0, 1, 2, 3, 6, 7]) << 5) | random(32);
}

function out(rules) {
  return (OUT << 13) | (pick(rules.autopull ? [0, 1, 2, 3, 4, 6] : [0, 1, 2, 3, 4, 5, 6]) << 5) | (1 + random(31));
}

function fifo(rules) {
  const block = rules.stalls ? random(2) << 5 : 0;
  if (random(2)) return (FIFO << 13) | block | (rules.autopush ? random(2) << 6 : 0);
  return (FIFO << 13) | 0x80 | block | (rules.autopull ? 0x40 : 0);
}

function mov(rules) {
  const sources = rules.autopull ? [0, 1, 2, 3, 5, 6] : [0, 1, 2, 3, 5, 6, 7];
  const destinations = rules.autopull ? [0, 1, 2, 5, 6] : [0, 1, 2, 5, 6, 7];
  return (MOV << 13) | (pick(destinations) << 5) | (random(3) << 3) | pick(sources);
}

function irq(rules) {
  return (IRQS << 13) | (pick([0, 0x20, 0x40]) & (rules.stalls ? 0x60 : 0x40)) | random(8);
}

function set() {
  return (SET << 13) | (pick([0, 1, 2, 4]) << 5) | random(32);
}

// What EXEC executes: nothing that stalls, and no EXEC; a jump goes to a `pull`.
function payload() {
  const word = pick([() => jmp({}) & ~1, () => inn({}), () => mov({}), set])();
  const isMovPc = word >>> 13 === MOV && ((word >>> 5) & 7) === 5;
  return (isMovPc ? NOP : word) | (random(32) << 8);
}

// Pairs of `pull block` and an EXEC of what it brought.
function execProgram() {
  const exec = pick([(OUT << 13) | (7 << 5) | 16, (MOV << 13) | (4 << 5) | 7]);
  return Array.from({ length: 32 }, (_, index) => (index % 2 ? exec : 0x80a0) | (random(32) << 8));
}

function instruction(rules) {
  const kinds = [jmp, inn, out, fifo, mov, set, ...(rules.stalls ? [wait, irq] : [])];
  return pick(kinds)(rules) | (random(32) << 8);
}

function rulesFor(stalls) {
  const shift = stalls ? pick([0, 0, AUTOPUSH, AUTOPULL, AUTOPUSH | AUTOPULL]) : 0;
  return { stalls, autopush: !!(shift & AUTOPUSH), autopull: !!(shift & AUTOPULL), shift };
}

// Side-set takes all five bits, or none of what is there is a delay.
function settings(rules) {
  const optional = random(2);
  const outBase = random(rules.autopull ? 7 : 22), sideBase = rules.autopull ? 14 + random(11) : random(25);
  return {
    execctrl: (optional << 30) | (random(2) << 29) | (random(30) << 24) | ((16 + random(16)) << 12) | ((2 * random(4) + (rules.isExec ? 0 : random(2))) << 7) |
      (rules.autopull ? 1 << 4 : random(2) << 4) | random(6),
    shiftctrl: (rules.shift | (random(32) << 25) | (random(32) << 20) | (random(4) << 18)) >>> 0,
    pinctrl: ((5 << 29) | (random(6) << 26) | (random(8) << 20) | (random(30) << 15) | (sideBase << 10) | (random(25) << 5) |
      outBase) >>> 0,
  };
}

// ---- the two models ------------------------------------------------------------------------------------------------------------

let theirs, chip;

function fresh() {
  chip = new RP2040();
  chip.logger = { debug() {}, info() {}, warn() {}, error() {} };
  theirs = chip.pio[0];
  theirs.run = () => {}; // stepped from here
  for (const pin of chip.gpio) pin.padValue = 0x56;
  ours.reset();
  ours.write(BYPASS, 0xffffffff);
}

function write(offset, value) {
  ours.write(offset, value);
  theirs.rawWriteValue = value;
  theirs.writeUint32(offset, value);
}

function setPads(levels) {
  chip.gpio.forEach((pin, index) => pin.setInputValue(!!((levels >>> index) & 1)));
}

function load(words, machines, rules) {
  words.forEach((word, index) => write(MEM + 4 * index, word));
  for (let i = 0; i < machines; i++) {
    const wanted = settings(rules);
    write(SM + i * STRIDE + EXECCTRL, wanted.execctrl);
    write(SM + i * STRIDE + SHIFTCTRL, wanted.shiftctrl);
    write(SM + i * STRIDE + PINCTRL, wanted.pinctrl);
  }
  write(CTRL, 0xf0); // the OSR of rp2040js is not empty before that
  for (let i = 0; i < machines; i++) {
    ours.write(SM + i * STRIDE + INSTR, (JMP << 13) | (i * 8)); // a JMP has side-set, too: the same for both
    ours.step(0);
    theirs.writeUint32(SM + i * STRIDE + INSTR, (JMP << 13) | (i * 8));
  }
}

class Difference extends Error {}

function same(what, a, b, where) {
  if (a >>> 0 !== b >>> 0) throw new Difference(`${where}: ${what}: ours ${hex(a)}, rp2040js ${hex(b)}`);
}
const hex = (value) => `0x${(value >>> 0).toString(16)}`;

// ---- straight programs -----------------------------------------------------------------------------------------------------------

function straight() {
  const rules = rulesFor(false);
  const words = Array.from({ length: 32 }, () => instruction(rules));
  fresh();
  const pads = random32() & 0x3fffffff;
  setPads(pads);
  load(words, 4, rules);
  for (let i = 0; i < 8; i++) ours.step(pads);
  for (let i = 0; i < 12; i++) write(TXF + 4 * random(4), random32()); // more than fit: lost in both
  write(CTRL, 0xf);
  const shown = [];
  for (let cycle = 0; cycle < 200; cycle++) {
    ours.step(pads);
    theirs.machines.forEach((machine) => machine.step());
    shown.push([theirs.pinValues, theirs.pinDirections]);
    for (let i = 0; i < 4; i++)
      same(`PC of machine ${i}`, ours.read(SM + i * STRIDE + ADDR), theirs.machines[i].pc, `cycle ${cycle}`);
    if (cycle > 0) {
      same("pads", ours.padsOut, shown[cycle - 1][0], `cycle ${cycle}`);
      same("directions", ours.padsOe, shown[cycle - 1][1], `cycle ${cycle}`);
    }
    same("FSTAT", ours.read(4), theirs.readUint32(4), `cycle ${cycle}`);
    if (random(6) === 0) exchange(random(4), `cycle ${cycle}`);
  }
}

function exchange(machine, where) {
  if (random(2) && (ours.read(4) & (1 << (8 + machine))) === 0)
    same(`RX word of machine ${machine}`, ours.read(RXF + 4 * machine), theirs.readUint32(RXF + 4 * machine), where);
  else write(TXF + 4 * machine, random32());
}

// ---- stalling programs -----------------------------------------------------------------------------------------------------------

// Both run until they stand still; a program that never does is given up, and counted.
function settle(pads) {
  for (let i = 0; i < 4; i++) ours.step(pads);
  for (let i = 0; i < 600 && !(ours.idleCycles(pads) === 0xffffffff); i++) ours.step(pads);
  if (ours.idleCycles(pads) !== 0xffffffff) return false;
  const machine = theirs.machines[0];
  for (let i = 0; i < 600; i++) {
    machine.step();
    if (machine.waiting) return true;
  }
  return false;
}

// What both stand at: an event that ends it.
function release(word, state) {
  const machine = theirs.machines[0];
  if (word >>> 13 === WAIT && ((word >>> 5) & 3) === 2)
    return write((word & 0x80) ? IRQ_FORCE : IRQ, 1 << (word & 7));
  if (word >>> 13 === WAIT) {
    const gpio = ((word & 31) + ((word >>> 5) & 3 ? machine.inBase : 0)) % 32;
    if (gpio >= 30) throw new Difference("a pin that is not there");
    state.pads = ((word & 0x80) ? state.pads | (1 << gpio) : state.pads & ~(1 << gpio)) >>> 0;
    return setPads(state.pads);
  }
  if (word >>> 13 === IRQS) return write(IRQ, 1 << (word & 7));
  if (word >>> 13 === IN || (word & 0xe080) === 0x8000)
    return same("RX word", ours.read(RXF), theirs.readUint32(RXF), "released");
  return write(TXF, state.next());
}

// A pin that does not exist never changes: such a WAIT is a dead end, left out.
function isDeadEnd(word, inBase) {
  return word >>> 13 === WAIT && ((word >>> 5) & 3) === 1 && ((word & 31) + inBase) % 32 >= 30;
}

function compareStates(where) {
  const machine = theirs.machines[0];
  same("PC", ours.read(SM + ADDR), machine.pc, where);
  same("pads", ours.padsOut, theirs.pinValues, where);
  same("directions", ours.padsOe, theirs.pinDirections, where);
  same("flags", ours.read(IRQ), theirs.irq, where);
  same("RX level", (ours.read(0xc) >>> 4) & 15, machine.rxFIFO.itemCount, where);
}

function stalling(isExec) {
  const rules = { ...rulesFor(!isExec), isExec };
  const words = isExec ? execProgram() : Array.from({ length: 32 }, () => instruction(rules));
  const state = { pads: random32() & 0x3fffffff, next: random32 };
  // OUT takes either half of the word; rp2040js executes all 32 bits that MOV EXEC finds.
  if (isExec) state.next = () => payload() * (words[1] >>> 13 === OUT ? 0x10001 : 1);
  fresh();
  setPads(state.pads);
  load(words, 1, rules);
  for (let i = 0; i < 8; i++) ours.step(state.pads);
  write(CTRL, 1);
  let stands = 0;
  for (; stands < 40; stands++) {
    if (!settle(state.pads)) break;
    const word = words[theirs.machines[0].pc];
    if (isDeadEnd(word, theirs.machines[0].inBase)) break;
    compareStates(`stand ${stands} at ${theirs.machines[0].pc}`);
    release(word, state);
  }
  return stands;
}

// ---- the run ----------------------------------------------------------------------------------------------------------------------

let stands = 0, skipped = 0;
for (let i = 0; i < Number(programs); i++) {
  const start = seed;
  try {
    straight();
    const came = [stalling(false), stalling(true)];
    stands += came[0] + came[1];
    skipped += came.filter((count) => count === 0).length;
  } catch (trouble) {
    if (!(trouble instanceof Difference)) throw trouble;
    console.log(`program ${i} (seed ${start}): ${trouble.message}`);
    process.exit(1);
  }
}
console.log(JSON.stringify({ programs: Number(programs), cycles: 200 * Number(programs), stands, skipped }));
