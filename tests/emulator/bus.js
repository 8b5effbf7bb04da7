// SPDX-License-Identifier: MIT
//
// The I2C bus of an emulated chip, for tests: controllers, findings of the checker, edges.
//
// A chip is a class that extends this one.  It has `machine` (the exports of a WebAssembly module that contains bus.c), made with `imports`
// as the module "bus", and runUntil(condition, seconds).
'use strict';

const CONTROLLER = {READ: 1, RESULTS: ['done', 'running', 'address NACK', 'data NACK', 'arbitration lost', 'bad length', 'aborted']};

class Bus {
  constructor(trace) {
    this.edges = trace ? [] : null;
    this.imports = {edge: (ns, scl, sda) => this.edges && this.edges.push([ns, scl, sda])};
  }

  // Runs messages {address, write: [bytes]} or {address, read: count}.  Returns the result.
  transfer(messages, {ignoreStretch = false, seconds = 0.1} = {}) {
    this.begin(messages, ignoreStretch);
    return this.reply(seconds);
  }

  begin(messages, ignoreStretch = false) {
    const {machine} = this;
    messages.forEach(({address, write, read}, i) => {
      if (!machine.message(i, address, write ? 0 : CONTROLLER.READ, write ? write.length : read)) {
        throw new Error(`${messages.length} messages are too many, or have too many bytes`);
      }
      if (write) {
        new Uint8Array(machine.memory.buffer, machine.buffer(i), write.length).set(write);
      }
    });
    machine.start(messages.length, ignoreStretch);
    this.messages = messages;
  }

  get isRunning() {
    return CONTROLLER.RESULTS[this.machine.result()] === 'running';
  }

  // The result of what begin() began, which may take so many seconds.
  reply(seconds) {
    const {machine, messages} = this;
    this.runUntil(() => !this.isRunning, seconds);
    const read = messages.map((message, i) => (message.write ? null : this.bytes(i, machine.moved(i))));
    return {result: CONTROLLER.RESULTS[machine.result()], moved: messages.map((_, i) => machine.moved(i)), read,
      stretchNs: Math.max(...messages.map((_, i) => machine.stretchNs(i)))};
  }

  bytes(index, count) {
    return [...new Uint8Array(this.machine.memory.buffer, this.machine.buffer(index), count)];
  }

  // By hand: START, a byte with the target's ninth bit, a byte from the target with our ninth bit, STOP.
  handMove(move) {
    move();
    this.runUntil(() => !this.machine.handBusy(), 2);
  }

  handStart() {
    this.handMove(() => this.machine.handStart());
  }

  handStop() {
    this.handMove(() => this.machine.handStop());
  }

  handClock(bit) {
    this.handMove(() => this.machine.handClock(bit));
    return this.machine.handSampled() !== 0;
  }

  // True: acknowledged.
  handWrite(byte) {
    for (let bit = 7; bit >= 0; bit--) {
      this.handClock(byte >> bit & 1);
    }
    return !this.handClock(1);
  }

  handReadBits() {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) {
      byte = byte << 1 | (this.handClock(1) ? 1 : 0);
    }
    return byte;
  }

  // ---- findings

  get violations() {
    const {machine} = this, names = [];
    for (let i = 0; i < Math.min(machine.violations(), 32); i++) {
      names.push(`${this.string(machine.violationRule(i))} at ${machine.violationAtNs(i)} ns`);
    }
    return names;
  }

  string(pointer) {
    const bytes = new Uint8Array(this.machine.memory.buffer, pointer);
    return Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString();
  }
}

module.exports = {Bus};
