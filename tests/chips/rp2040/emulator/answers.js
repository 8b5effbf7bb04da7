// SPDX-License-Identifier: MIT
//
// Times the answers of an interrupt handler.
//
//     watch(pico, (cycles) => ...);    // told of each: from the engine's word, the interrupt's entry included, to the first answering word
//     watchLines(pico, (cycle) => ...);    // told of each moment in which an interrupt line rises
'use strict';

const RXF0 = 0x20, TXF0 = 0x10, FIFOS_BYTES = 16;

const isOf = (fifo, offset) => offset >= fifo && offset < fifo + FIFOS_BYTES;

function watchLines(pico, told) {
  let lines = 0;
  const pass = pico.pass.bind(pico);
  pico.pass = (cycles, isAwake) => {
    pass(cycles, isAwake);
    if (pico.lines & ~lines) {
      told(pico.cycles);
    }
    lines = pico.lines;
  };
}

function watch(pico, told) {
  let raised = 0, read = 0;
  watchLines(pico, (cycle) => {
    raised = cycle;
  });
  for (const block of pico.rp2040.pio) {
    const readOn = block.readUint32.bind(block), write = block.writeUint32Atomic.bind(block);
    block.readUint32 = (offset) => {
      if (isOf(RXF0, offset)) {
        read = raised;
      }
      return readOn(offset);
    };
    block.writeUint32Atomic = (offset, value, alias) => {
      if (pico.isInHandler && read && isOf(TXF0, offset)) {
        told(pico.cycles - read);
        read = 0;
      }
      write(offset, value, alias);
    };
  }
}

module.exports = {watch, watchLines};
