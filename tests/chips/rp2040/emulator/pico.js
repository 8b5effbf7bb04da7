// SPDX-License-Identifier: MIT
//
// An emulated RP2040 on an I2C bus.  rp2040js is the core, NVIC, memory and bus fabric.  machine.wasm is the PIO, the pads and the bus.
//
//     const pico = new Pico({image, scl: 5, sda: 4});    // a UF2 file (or none); powered on, and through the boot ROM's part
//     pico.runUntil(() => pico.isAsleep, 0.1);           // the target listens
//     pico.transfer([{address: 0x40, write: [1]}, {address: 0x40, read: 1}]);
//
// This file adds what rp2040js leaves out and firmware can get wrong: RESETS keeps blocks in reset (an access to one is a finding),
// interrupts take time to enter and to leave, and time passes as fast as the clocks were set.  README.md says where it is not faithful.
'use strict';
const fs = require('fs');
const path = require('path');
const {RP2040} = require('rp2040js');
const {Bus} = require('../../../emulator/bus.js');
const {Flash} = require('./flash.js');
const {mend} = require('./mend.js');

const MACHINE = process.env.MACHINE || path.join(__dirname, 'machine.wasm');
const FLASH = 0x10000000, SECOND_STAGE = 0x20041f00, SECOND_STAGE_BYTES = 256;
const ENTRY_CYCLES = 16, EXIT_CYCLES = 12;
const AHEAD = 4096; // cycles for which the core runs alone, at most
const PIO_IRQS = [7, 8, 9, 10];
// Blocks that can be in reset: bit of RESETS, address of their registers.
const RESETTABLE = {IO_BANK0: [5, 0x40014], PADS_BANK0: [8, 0x4001c], PIO0: [10, 0x50200], PIO1: [11, 0x50300], PLL_SYS: [12, 0x40028],
  TIMER: [21, 0x40054]};
const RESET_ALL = 0x01ffffff;
// What the boot ROM has taken out of reset: the flash's pins and pads.
const RESET_BY_ROM = RESET_ALL & ~(1 << 6 | 1 << 9);

// The flash's contents of a UF2 file.  (tests/chips/rp2040/firmware judges the file's structure.)
function flashOf(uf2) {
  const blocks = [];
  for (let at = 0; at < uf2.length; at += 512) {
    blocks.push([uf2.readUInt32LE(at + 12) - FLASH, uf2.subarray(at + 32, at + 32 + uf2.readUInt32LE(at + 16))]);
  }
  return blocks;
}

// The boot ROM's check, RP2040 datasheet §2.8.1.3.1.
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const carry = (crc >>> 31) ^ ((byte >> bit) & 1);
      crc = (crc << 1) ^ (carry ? 0x04c11db7 : 0);
    }
  }
  return crc >>> 0;
}

// A PIO block on rp2040js' bus, which is the one of the model.
class ModelPio {
  constructor(machine, block) {
    Object.assign(this, {machine, block, machines: []}); // rp2040js looks through `machines` when a pin changes
  }

  get pinValues() {
    return this.machine.pioOut(this.block);
  }

  get pinDirections() {
    return this.machine.pioOe(this.block);
  }

  readUint32(offset) {
    return this.machine.pioRead(this.block, offset) >>> 0;
  }

  writeUint32Atomic(offset, value, alias) {
    this.machine.pioWrite(this.block, alias << 12 | offset, value);
  }
}

// RESETS: bits 0 to 24; a block is there as soon as its bit is clear.
class Resets {
  constructor(onReset) {
    Object.assign(this, {value: RESET_BY_ROM, select: 0, onReset});
  }

  readUint32(offset) {
    return offset === 0 ? this.value : offset === 8 ? ~this.value & RESET_ALL : this.select;
  }

  writeUint32Atomic(offset, value, alias) {
    if (offset !== 0) {
      this.select = value;
      return;
    }
    const before = this.value;
    this.value = [value, before ^ value, before | value, before & ~value][alias] & RESET_ALL;
    this.onReset(this.value & ~before);
  }
}

class Pico extends Bus {
  constructor({image, scl, sda, sclHz = 100000, mayStretch = true, trace = false}) {
    super(trace);
    this.findings = []; // what firmware does that real hardware would punish
    Object.assign(this, {passed: 0, owed: 0, quiet: 0, cycleNs: 8}); // cycles, but the last
    this.worstHandler = 0; // cycles, entry and exit included
    this.handlerSince = null;
    this.stalled = 0;
    this.loadMachine();
    this.rp2040 = new RP2040();
    this.silence();
    this.loadRom();
    mend(this.rp2040);
    this.replaceBlocks();
    this.machine.reset(scl, sda, sclHz, mayStretch);
    this.onReset(RESET_ALL);
    this.rp2040.addClockListener(() => this.clockChanged());
    if (image) {
      this.boot(image);
    }
  }

  loadMachine() {
    Pico.module = Pico.module || new WebAssembly.Module(fs.readFileSync(MACHINE));
    const level = (gpio, level) => this.rp2040.gpio[gpio].setInputValue(level !== 0);
    this.machine = new WebAssembly.Instance(Pico.module, {pico: {level}, bus: this.imports}).exports;
  }

  // Our own (tests/chips/rp2040/bootrom).
  loadRom() {
    const rom = fs.readFileSync(path.join(path.dirname(MACHINE), 'bootrom.bin'));
    this.rp2040.loadBootrom(new Uint32Array(rom.buffer.slice(rom.byteOffset, rom.byteOffset + (rom.length & ~3))));
  }

  silence() {
    const ignore = () => {};
    const find = (where, text) => this.find(`${where}: ${text}`);
    this.rp2040.logger = {debug: ignore, info: ignore, warn: find, error: find};
    this.rp2040.onBreak = (code) => this.find(`breakpoint ${code}`);
  }

  find(text) {
    this.findings.push(text);
    if (this.findings.length > 100) {
      throw new Error(`the core runs wild: ${this.findings.slice(0, 3).join('; ')} ...`);
    }
  }

  // ---- hardware

  replaceBlocks() {
    const {rp2040, machine} = this;
    rp2040.pio = [new ModelPio(machine, 0), new ModelPio(machine, 1)];
    rp2040.peripherals[0x50200] = rp2040.pio[0];
    rp2040.peripherals[0x50300] = rp2040.pio[1];
    this.resets = new Resets((bits) => this.onReset(bits));
    rp2040.peripherals[0x4000c] = this.resets;
    for (const [name, [bit, place]] of Object.entries(RESETTABLE)) {
      this.guard(name, bit, rp2040.peripherals[place]);
    }
    this.tellPads(rp2040.peripherals[0x40014], (offset) => (offset < 0xf0 ? offset >> 3 : -1));
    this.tellPads(rp2040.peripherals[0x4001c], (offset) => (offset >= 4 && offset < 0x7c ? (offset - 4) >> 2 : -1));
    this.watchTick(rp2040.peripherals[0x40058]);
    this.flash = new Flash(this);
    this.settleBeforeAccesses();
    const write = rp2040.sio.writeUint32;
    rp2040.sio.writeUint32 = (offset, value) => {
      write.call(rp2040.sio, offset, value);
      if (offset >= 0x10 && offset < 0x30) {
        this.settle();
        machine.setSio(rp2040.sio.gpioValue, rp2040.sio.gpioOutputEnable);
      }
    };
  }

  settleBeforeAccesses() {
    const {rp2040} = this, {peripherals} = rp2040;
    rp2040.findPeripheral = (address) => {
      const found = peripherals[address >>> 14 << 2];
      if (found) {
        this.settle();
      }
      return found;
    };
    for (const [block, name] of [[rp2040.ppb, 'readUint32'], [rp2040.ppb, 'writeUint32'], [rp2040.usbCtrl, 'DPRAMUpdated']]) {
      const call = block[name];
      block[name] = (...words) => {
        this.settle();
        return call.apply(block, words);
      };
    }
  }

  // An access to a block in reset is a finding: hardware answers with zeros, or not at all.
  guard(name, bit, block) {
    const {readUint32, writeUint32Atomic} = block;
    const check = (what, offset) => {
      if (this.resets.value >> bit & 1) {
        this.find(`${what} of ${name} + 0x${offset.toString(16)}, which is in reset`);
      }
    };
    block.readUint32 = (offset) => {
      check('read', offset);
      return readUint32.call(block, offset);
    };
    block.writeUint32Atomic = (offset, value, alias) => {
      check('write', offset);
      writeUint32Atomic.call(block, offset, value, alias);
    };
  }

  tellPads(block, gpioAt) {
    const write = block.writeUint32;
    block.writeUint32 = (offset, value) => {
      write.call(block, offset, value);
      const gpio = gpioAt(offset);
      if (gpio >= 0) {
        this.machine.setPad(gpio, this.rp2040.gpio[gpio].ctrl, this.rp2040.gpio[gpio].padValue);
      }
    };
  }

  // WATCHDOG.TICK, which rp2040js does not keep: its TIMER counts microseconds whatever is written there.
  watchTick(block) {
    const write = block.writeUint32;
    block.writeUint32 = (offset, value) => {
      if (offset === 0x2c) {
        this.tick = value;
      }
      write.call(block, offset, value);
    };
  }

  onReset(bits) {
    const {rp2040, machine} = this;
    for (const gpio of rp2040.gpio) {
      if (bits & 1 << RESETTABLE.IO_BANK0[0]) {
        Object.assign(gpio, {ctrl: 0x1f, irqEnableMask: 0, irqForceMask: 0});
      }
      if (bits & 1 << RESETTABLE.PADS_BANK0[0]) {
        gpio.padValue = 0x56;
      }
      machine.setPad(gpio.index, gpio.ctrl, gpio.padValue);
    }
    for (const block of [0, 1]) {
      if (bits >> (10 + block) & 1) {
        machine.pioReset(block);
      }
    }
  }

  // ---- power on

  // What a debugger's reset does: the cores begin anew, all else goes on.
  resetCore() {
    const {rp2040} = this, {core} = rp2040;
    Object.assign(core, {waiting: false, eventRegistered: false, PM: false, IPSR: 0, enabledInterrupts: 0, VTOR: 0, currentMode: 0});
    this.isInHandler = false;
    this.enterSecondStage();
  }

  // As the boot ROM does: the first 256 bytes of the flash go to the end of SRAM, and are started if their checksum is right.
  boot(uf2) {
    const {rp2040} = this;
    rp2040.sram.fill(0xa5); // nobody clears it but firmware
    for (const [offset, bytes] of flashOf(uf2)) {
      rp2040.flash.set(bytes, offset);
    }
    const stage = rp2040.flash.subarray(0, SECOND_STAGE_BYTES);
    const wanted = new DataView(stage.buffer).getUint32(SECOND_STAGE_BYTES - 4, true);
    if (crc32(stage.subarray(0, -4)) !== wanted) {
      throw new Error('the boot ROM does not start this: the checksum of the second stage is wrong');
    }
    this.enterSecondStage();
  }

  enterSecondStage() {
    const {rp2040} = this, {core} = rp2040;
    rp2040.sram.set(rp2040.flash.subarray(0, SECOND_STAGE_BYTES), SECOND_STAGE - 0x20000000);
    core.SP = SECOND_STAGE;
    core.LR = 0;
    core.PC = SECOND_STAGE;
  }

  clockChanged() {
    this.cycleNs = 1e9 / this.rp2040.clkSys;
    this.machine.setCycle(Math.round(1e12 / this.rp2040.clkSys));
  }

  get isAsleep() {
    return this.rp2040.core.waiting;
  }

  // ---- time

  pass(cycles, isAwake) {
    const gone = this.machine.run(cycles, isAwake);
    this.passed += gone;
    this.rp2040.clock.tick(gone * this.cycleNs);
    const lines = this.machine.lines();
    if (lines !== this.lines) {
      this.lines = lines;
      PIO_IRQS.forEach((irq, i) => this.rp2040.setInterrupt(irq, (lines >> i & 1) === 1));
    }
  }

  // While nothing can happen outside the core, until `quiet` is used up, the core runs ahead: what it owes to the machine and the clock is
  // paid before it looks at them.
  settle() {
    this.quiet = 0;
    if (this.owed > 0) {
      const {owed} = this;
      this.owed = 0;
      this.pass(owed, true);
    }
  }

  get cycles() {
    return this.passed + this.owed;
  }

  // How many cycles there are before a timer's alarm wants to be looked at.
  nap() {
    const {clock} = this.rp2040;
    return clock.nextAlarm ? Math.max(1, Math.ceil(clock.nanosToNextAlarm / this.cycleNs)) : 1 << 20;
  }

  // The present access takes so long.
  stall(ns) {
    this.stalled += ns / this.cycleNs;
  }

  // One instruction, with the time that an interrupt's entry or return takes; or, asleep, until something happens.
  step(most = 4096) {
    const {core} = this.rp2040;
    if (core.waiting) {
      this.settle();
      this.pass(Math.min(this.nap(), most), false);
      return;
    }
    if (this.quiet <= 0) {
      this.settle();
      this.quiet = Math.min(this.machine.quiet(AHEAD), this.nap());
    }
    const before = this.isInHandler;
    let cycles = core.executeInstruction();
    this.isInHandler = core.IPSR !== 0;
    if (this.isInHandler && !before) {
      this.handlerSince = this.cycles;
      cycles += ENTRY_CYCLES;
    } else if (before && !this.isInHandler) {
      cycles += EXIT_CYCLES;
      this.worstHandler = Math.max(this.worstHandler, this.cycles + cycles - this.handlerSince);
    }
    if (this.stalled > 0) {
      cycles += Math.ceil(this.stalled);
      this.stalled = 0;
    }
    this.owed += cycles;
    this.quiet -= cycles;
  }

  // Until the condition holds; it is an error if that takes more than so many seconds of emulated time.
  runUntil(condition, seconds) {
    const end = this.rp2040.clock.nanos + seconds * 1e9;
    while (!condition()) {
      if (this.rp2040.clock.nanos > end) {
        throw new Error(`not within ${seconds} s of emulated time; the core is at 0x${this.rp2040.core.PC.toString(16)}` +
          (this.isAsleep ? ', asleep' : ''));
      }
      this.step();
    }
    this.settle();
  }

  run(seconds) {
    this.settle();
    const {clock} = this.rp2040, end = clock.nanos + seconds * 1e9;
    while (clock.nanos < end) {
      this.step(Math.ceil((end - clock.nanos) / this.cycleNs));
      if (clock.nanos + this.owed * this.cycleNs >= end) {
        this.settle();
      }
    }
  }

  // ---- findings

  get driving() {
    return this.machine.driving() >>> 0;
  }

  get everDriving() {
    return this.machine.everDriving() >>> 0;
  }

  get everHigh() {
    return this.machine.everHigh() >>> 0;
  }
}

module.exports = {Pico, FLASH};
