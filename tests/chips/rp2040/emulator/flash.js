// SPDX-License-Identifier: MIT
//
// The flash, and what is between it and the core: XIP_SSI, the pin SS, the control registers of the cache.
//
//     core ──► 0x10000000 … (rp2040js: an array, read in no time) ─┐
//     core ──► XIP_SSI ──► commands ──► Chip ──────────────────────┴─ the same array
//
// Chip is a W25Q16JV, as on a Raspberry Pi Pico (its datasheet §8.2, times §9.6: typical ones).  Firmware can get this wrong without
// rp2040js noticing: the flash is read, or code in it runs, while XIP_SSI is set up for commands, or while the chip erases and programs.
// That is a finding, and reads 0xff.
'use strict';

const FLASH = 0x10000000, WINDOW_END = 0x14000000;
const SECTOR = 4096, BLOCK = 65536, PAGE = 256;
const SECTOR_NS = 45e6, BLOCK_NS = 150e6, PAGE_NS = 0.4e6, STATUS_NS = 10e6;
const UNIQUE_ID = [0xe6, 0x61, 0x40, 0x10, 0x27, 0x1a, 0x5b, 0x29], JEDEC_ID = [0xef, 0x40, 0x15];
const BUSY = 1, WRITE_ENABLED = 2, QUAD_ENABLED = 2;
const CONTINUOUS_READ = 0xa0;
// Commands that a read in the XIP window may be made of, and whether "continuous read" may follow.
const READS = new Set([0x03, 0x0b, 0x3b, 0x6b, 0xbb, 0xeb]);

class Chip {
  constructor(pico, bytes) {
    Object.assign(this, {pico, bytes, command: [], isSelected: false, isWritable: false, isContinuous: false, readyNs: 0, quad: QUAD_ENABLED});
  }

  get busyNs() {
    return Math.max(0, this.readyNs - this.pico.rp2040.clock.nanos);
  }

  select(isSelected) {
    if (this.isSelected && !isSelected) {
      this.act(this.command);
      this.command = [];
    }
    this.isSelected = isSelected;
  }

  // A byte in, a byte out.
  exchange(byte) {
    if (!this.isSelected) {
      this.pico.find('a byte for the flash, which is not selected');
      return 0xff;
    }
    this.command.push(byte);
    const at = this.command.length - 1, [code] = this.command;
    if (this.isContinuous || (this.busyNs > 0 && code !== 0x05)) {
      return 0xff;
    }
    switch (code) {
      case 0x03:
        return at < 4 ? 0xff : this.bytes[this.address + at - 4 & this.bytes.length - 1];
      case 0x05:
        return at === 0 ? 0xff : this.status();
      case 0x35:
        return at === 0 ? 0xff : this.quad;
      case 0x4b:
        return at < 5 ? 0xff : UNIQUE_ID[(at - 5) % 8];
      case 0x9f:
        return at === 0 ? 0xff : JEDEC_ID[(at - 1) % 3];
    }
    return 0xff;
  }

  // Who asks a busy chip is told so only once: the look lasts until the chip is ready.  (The rest of the board lives on meanwhile.)
  status() {
    const {busyNs} = this;
    this.pico.stall(busyNs);
    return (busyNs > 0 ? BUSY : 0) | (this.isWritable ? WRITE_ENABLED : 0);
  }

  get address() {
    return this.command[1] << 16 | this.command[2] << 8 | this.command[3];
  }

  // The whole command, once the chip is not selected any more.
  act(command) {
    const [code] = command;
    if (command.length === 0) {
      return;
    }
    if (code === 0xff) {
      this.isContinuous = false;
    } else if (this.isContinuous) {
      this.pico.find(`the flash takes command 0x${code.toString(16)} for an address: it is in continuous read`);
    } else if (this.busyNs > 0) {
      if (code !== 0x05) {
        this.pico.find(`command 0x${code.toString(16)} to the flash, which is busy`);
      }
    } else if (code === 0x06 || code === 0x04) {
      this.isWritable = code === 0x06;
    } else if ([0x01, 0x02, 0x20, 0xd8].includes(code)) {
      this.change(code, command);
    } else if (![0x03, 0x05, 0x35, 0x4b, 0x9f].includes(code)) {
      this.pico.find(`the flash does not know the command 0x${code.toString(16)}`);
    }
  }

  change(code, command) {
    if (!this.isWritable) {
      this.pico.find(`command 0x${code.toString(16)} to the flash without Write Enable`);
      return;
    }
    this.isWritable = false;
    const {address, bytes} = this, begin = (unit) => (address & -unit) % bytes.length;
    const took = {
      0x01: () => { this.quad = command[2] & QUAD_ENABLED; return STATUS_NS; },
      0x02: () => {
        command.slice(4).forEach((byte, i) => { bytes[begin(PAGE) + (address + i) % PAGE] &= byte; });
        return PAGE_NS;
      },
      0x20: () => { bytes.fill(0xff, begin(SECTOR), begin(SECTOR) + SECTOR); return SECTOR_NS; },
      0xd8: () => { bytes.fill(0xff, begin(BLOCK), begin(BLOCK) + BLOCK); return BLOCK_NS; },
    }[code]();
    this.readyNs = this.pico.rp2040.clock.nanos + took;
  }
}

// XIP_SSI, RP2040 datasheet §4.10.13.  A byte is exchanged at once.
const SSI = {CTRLR0: 0x00, SSIENR: 0x08, TXFLR: 0x20, RXFLR: 0x24, SR: 0x28, DR0: 0x60, SPI_CTRLR0: 0xf4, LAST: 0xf8};
const SR_TX_NOT_FULL = 2, SR_TX_EMPTY = 4, SR_RX_NOT_EMPTY = 8;
const MODE_EXCHANGE = 0, MODE_READ = 3;
const FIFO = 16;

class Ssi {
  constructor(flash) {
    Object.assign(this, {flash, registers: new Uint32Array(64), received: [], words: []});
  }

  get mode() {
    return this.registers[SSI.CTRLR0 >> 2] >> 8 & 3;
  }

  get isEnabled() {
    return (this.registers[SSI.SSIENR >> 2] & 1) !== 0;
  }

  readUint32(offset) {
    switch (offset) {
      case SSI.SR:
        this.flash.endFrame();
        return SR_TX_NOT_FULL | SR_TX_EMPTY | (this.received.length > 0 ? SR_RX_NOT_EMPTY : 0);
      case SSI.TXFLR:
        return 0;
      case SSI.RXFLR:
        return this.received.length;
      case SSI.DR0:
        return this.received.length > 0 ? this.received.shift() : 0;
    }
    return this.registers[offset >> 2];
  }

  writeUint32Atomic(offset, value, alias) {
    if (offset === SSI.DR0) {
      this.send(value);
      return;
    }
    const before = this.registers[offset >> 2];
    this.registers[offset >> 2] = [value, before ^ value, before | value, before & ~value][alias];
    if (offset === SSI.SSIENR) {
      this.flash.endFrame();
      this.received = [];
      this.words = [];
      this.flash.changed();
    }
  }

  send(word) {
    if (!this.isEnabled) {
      this.flash.pico.find('XIP_SSI is given a word while it is off');
    } else if (this.mode === MODE_EXCHANGE) {
      this.received.push(this.flash.exchange(word & 0xff));
      if (this.received.length > FIFO) {
        this.flash.pico.find('the receive FIFO of XIP_SSI overflows');
      }
    } else if (this.mode === MODE_READ) {
      this.words.push(word);
      if (this.words.length === 2) { // a command, and an address with mode bits behind it
        this.flash.chip.isContinuous = (word & 0xff) === CONTINUOUS_READ && READS.has(this.words[0]);
        this.received.push(0xffffffff);
      }
    }
  }

  // Does a read in the XIP window become one that the chip understands?
  get isWindow() {
    const control = this.registers[SSI.SPI_CTRLR0 >> 2], command = control >>> 24, hasCommand = (control >> 8 & 3) !== 0;
    return this.isEnabled && this.mode === MODE_READ && hasCommand !== this.flash.chip.isContinuous &&
      (hasCommand ? READS.has(command) : command === CONTINUOUS_READ);
  }
}

// IO_QSPI: six pins, of which SS can be overridden (OUTOVER 2 is low, 3 is high).
const SS_CTRL = 0x0c;

class QspiPins {
  constructor(flash) {
    Object.assign(this, {flash, registers: new Uint32Array(64)});
  }

  get override() {
    return this.registers[SS_CTRL >> 2] >> 8 & 3;
  }

  readUint32(offset) {
    return this.registers[offset >> 2];
  }

  writeUint32Atomic(offset, value, alias) {
    const before = this.registers[offset >> 2];
    this.registers[offset >> 2] = [value, before ^ value, before | value, before & ~value][alias];
    if (offset === SS_CTRL) {
      this.flash.selected();
    }
  }
}

// XIP_CTRL: there is no cache, so it is flushed at once.
class XipControl {
  constructor() {
    this.control = 3;
  }

  readUint32(offset) {
    return offset === 0 ? this.control : offset === 8 ? 3 : 0;
  }

  writeUint32Atomic(offset, value, alias) {
    if (offset === 0) {
      this.control = [value, this.control ^ value, this.control | value, this.control & ~value][alias];
    }
  }
}

class Flash {
  constructor(pico, megabytes = 2) {
    this.pico = pico;
    this.chip = new Chip(pico, pico.rp2040.flash.subarray(0, megabytes << 20));
    this.ssi = new Ssi(this);
    this.pins = new QspiPins(this);
    const {peripherals} = pico.rp2040;
    peripherals[0x18000] = this.ssi;
    peripherals[0x40018] = this.pins;
    peripherals[0x14000] = new XipControl();
    this.window = {readUint8: 0, readUint16: 0, readUint32: 0};
    this.changed();
  }

  // Without an override XIP_SSI selects the chip for as long as it has something to send: until somebody looks whether it is done.
  exchange(byte) {
    if (this.pins.override === 0) {
      this.chip.select(true);
    }
    return this.chip.exchange(byte);
  }

  endFrame() {
    if (this.pins.override === 0) {
      this.chip.select(false);
    }
  }

  selected() {
    this.chip.select(this.pins.override === 2);
  }

  // While the chip can not be read, rp2040's functions that read are replaced.
  changed() {
    const {rp2040} = this.pico;
    for (const name of Object.keys(this.window)) {
      delete rp2040[name];
      if (!this.ssi.isWindow) {
        const read = rp2040[name];
        rp2040[name] = (address) => {
          if (address >= FLASH && address < WINDOW_END) {
            this.pico.find(`0x${address.toString(16)} in the flash is read, at 0x${(rp2040.core.PC - 2).toString(16)}, while it can not be`);
            return {readUint8: 0xff, readUint16: 0xffff, readUint32: 0xffffffff}[name];
          }
          return read.call(rp2040, address);
        };
      }
    }
  }
}

module.exports = {Flash};
