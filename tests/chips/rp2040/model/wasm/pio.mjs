// SPDX-License-Identifier: MIT
// The C model of the RP2040's PIO (tests/chips/rp2040/model/pio.h) in JavaScript: pio.wasm with names.
//
//     import { loadPio } from ".../pio.mjs";
//     const [pio0, pio1] = await loadPio(".../pio.wasm");
//     pio0.write(CTRL, 1);
//     pio0.step(gpioLevels);                 // one clk_sys cycle
//     cycles = pio0.run(1000, gpioLevels);   // up to 1000, ends where an output or an interrupt line changed
//
// Offsets may carry the atomic aliases in bits 13:12.  All numbers are unsigned 32 bits.

import { readFile } from "node:fs/promises";

export const FOREVER = 0xffffffff;

class Pio {
  constructor(exports, index) {
    this.exports = exports;
    this.index = index;
    this.reset();
  }

  reset() {
    this.exports.reset(this.index);
  }

  read(offset) {
    return this.exports.read32(this.index, offset) >>> 0;
  }

  write(offset, value) {
    this.exports.write32(this.index, offset, value);
  }

  // `levels`: GPIO 0..31 as the block sees them, behind INOVER and the pads' input enable.
  step(levels) {
    this.exports.step(this.index, levels);
  }

  // How many cycles it ran: `cycles`, or fewer when padsOut, padsOe or irqLines changed in the last of them.
  run(cycles, levels) {
    return this.exports.run(this.index, cycles, levels) >>> 0;
  }

  // How many cycles nothing can change while the levels stay; FOREVER: until a register is accessed.
  idleCycles(levels) {
    return this.exports.idle_cycles(this.index, levels) >>> 0;
  }

  get padsOut() {
    return this.exports.pads_out(this.index) >>> 0;
  }

  get padsOe() {
    return this.exports.pads_oe(this.index) >>> 0;
  }

  // Bit 0: the block's IRQ0 line, bit 1: its IRQ1 line.
  get irqLines() {
    return this.exports.irq_lines(this.index) >>> 0;
  }

  // What a program did that the datasheet does not define (enum pio_misuse).
  get misuse() {
    return this.exports.misuse(this.index) >>> 0;
  }
}

export async function loadPio(path) {
  const { instance } = await WebAssembly.instantiate(await readFile(path), {});
  return [0, 1].map((index) => new Pio(instance.exports, index));
}
