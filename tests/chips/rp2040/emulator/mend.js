// SPDX-License-Identifier: MIT
//
// What rp2040js 1.4.1 lacks or does in another way than an RP2040, and MicroPython or the SDK needs.
'use strict';

const SCR = 0xd10, SEVONPEND = 1 << 4;
const FIFO_ST = 0x50, FIFO_RD = 0x58, FIFO_VALID = 1, FIFO_READY = 2;
const PSM = 0x40010, FRCE_OFF = 4, PROC1 = 1 << 16;
// Registers that only keep what is written to them: place in rp2040's `peripherals`, offset.
const PLAIN = [[0x50110, 0x7c], [0x50110, 0x80], [0x50110, 0x84], [0x4005c, 0x00]]; // USBPHY_DIRECT, _OVERRIDE, _TRIM; RTC.CLKDIV_M1

function plain(block, offset) {
  const {readUint32, writeUint32} = block;
  let kept = 0;
  block.readUint32 = (at) => (at === offset ? kept : readUint32.call(block, at));
  block.writeUint32 = (at, value) => {
    if (at === offset) {
      kept = value >>> 0;
    } else {
      writeUint32.call(block, at, value);
    }
  };
}

// Bit 0 of a vector stays in the program counter, where `add rX, pc` in a handler finds it.
function mendEntry(core) {
  const {exceptionEntry} = core;
  core.exceptionEntry = (number) => {
    exceptionEntry.call(core, number);
    core.PC &= ~1;
  };
}

// Events of Armv6-M (Architecture Reference Manual §B1.5.18): SEV, and, with SCR.SEVONPEND, an interrupt that becomes pending although it
// is disabled.
function mendEvents({core, ppb, logger}) {
  const event = () => {
    if (core.waiting) {
      core.waiting = false;
    } else {
      core.eventRegistered = true;
    }
  };
  logger.info = (_, text) => { // rp2040js only tells us
    if (text === 'SEV') {
      event();
    }
  };
  plain(ppb, SCR);
  const {setInterrupt} = core;
  core.setInterrupt = (irq, value) => {
    const isNew = value && !(core.pendingInterrupts >> irq & 1);
    setInterrupt.call(core, irq, value);
    if (isNew && !(core.enabledInterrupts >> irq & 1) && ppb.readUint32(SCR) & SEVONPEND) {
      event();
    }
  };
}

// Core 1 is not there.  To a program that resets it the mailbox says what its boot ROM says then, a 0 (RP2040 datasheet §2.8.2).
function mendMailbox({sio, peripherals}) {
  const {readUint32} = sio, {writeUint32} = peripherals[PSM], said = [];
  let isOff = false;
  sio.readUint32 = (offset) => {
    switch (offset) {
      case FIFO_ST:
        return FIFO_READY | (said.length > 0 ? FIFO_VALID : 0);
      case FIFO_RD:
        return said.shift() || 0;
    }
    return readUint32.call(sio, offset);
  };
  peripherals[PSM].writeUint32 = (offset, value) => {
    writeUint32.call(peripherals[PSM], offset, value);
    if (offset === FRCE_OFF) {
      if (isOff && !(value & PROC1)) {
        said.push(0);
      }
      isOff = (value & PROC1) !== 0;
    }
  };
}

function mend(rp2040) {
  mendEntry(rp2040.core);
  mendEvents(rp2040);
  mendMailbox(rp2040);
  for (const [place, offset] of PLAIN) {
    plain(rp2040.peripherals[place], offset);
  }
}

module.exports = {mend};
