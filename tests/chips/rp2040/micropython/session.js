// SPDX-License-Identifier: MIT
//
// session.js IMAGE.uf2 SCL SDA [SPEED]: an emulated board that runs MicroPython, under the control of whoever wrote the test (session.py).
//
// A line of standard input is a call, [METHOD, ARGUMENT…] as JSON; a line of standard output is its result, {value} or {error}.  Emulated
// time passes within calls only, so a dialogue has the same results every time; and, with a bridge to a virtual bus, in transfers there.
'use strict';
const fs = require('fs');
const readline = require('readline');
const {Bridge} = require('../../../emulator/bridge.js');
const {writeTrace} = require('../../../emulator/trace.js');
const {Pico} = require('../emulator/pico.js');
const {SerialPort} = require('../emulator/usb.js');

const PROMPT = '>>> ';
const CTRL_A = '\x01', CTRL_B = '\x02', CTRL_C = '\x03', CTRL_D = '\x04';
const PIO_FUNCTIONS = [6, 7]; // FUNCSEL, RP2040 datasheet §2.19.2
const RAW_PROMPT = 'raw REPL; CTRL-B to exit\r\n>';

class Session {
  constructor(image, scl, sda, sclHz) {
    this.scl = scl;
    this.pico = new Pico({image, scl, sda, sclHz, trace: true});
    this.said = ''; // over USB, and not read yet
    this.port = new SerialPort(this.pico.rp2040.usbCtrl, (bytes) => { this.said += Buffer.from(bytes).toString('latin1'); });
  }

  // ---- the REPL

  type(text) {
    this.port.send(Buffer.from(text, 'latin1'));
  }

  // It may take so many seconds of emulated time.
  until(condition, seconds, what) {
    try {
      this.pico.runUntil(condition, seconds);
    } catch (error) {
      throw new Error(`${what}: ${error.message}; it said "${this.said}"`);
    }
  }

  // What was said up to and with `text`.
  wait(text, seconds) {
    this.until(() => this.said.includes(text), seconds, `"${text}"`);
    return this.take(this.said.indexOf(text) + text.length);
  }

  take(count = this.said.length) {
    const taken = this.said.slice(0, count);
    this.said = this.said.slice(count);
    return taken;
  }

  // From power on to the first prompt; all that was said.
  boot(seconds = 2) {
    return this.wait(PROMPT, seconds);
  }

  // Runs a program in the raw REPL.  Returns as soon as it has begun.
  start(program) {
    this.type(CTRL_A);
    this.wait(RAW_PROMPT, 1);
    this.type(program + CTRL_D);
    this.wait('OK', 10);
  }

  // The end of what start() began: [output, traceback].
  finish(seconds = 10) {
    const output = this.wait(CTRL_D, seconds).slice(0, -1), traceback = this.wait(CTRL_D, seconds).slice(0, -1);
    this.wait('>', 1);
    this.type(CTRL_B);
    this.wait(PROMPT, 1);
    return [output, traceback];
  }

  exec(program, seconds = 10) {
    this.start(program);
    return this.finish(seconds);
  }

  // The next line of what runs in the raw REPL; null: it has ended.
  waitForLine(seconds) {
    const line = /^([^\x04]*?)\r?\n/;
    this.until(() => line.test(this.said) || this.said.includes(CTRL_D), seconds, 'a line');
    const found = line.exec(this.said);
    return found ? this.take(found[0].length) && found[1] : null;
  }

  interrupt() {
    this.type(CTRL_C);
  }

  // The REPL's own reset, from its prompt: the heap is made anew, main.py runs, the chip goes on.
  softReset(seconds = 2) {
    this.type(CTRL_D);
    return this.wait(PROMPT, seconds);
  }

  // ---- the board

  // Until a target listens: SCL is one of PIO's pins, and what follows that in its constructor is done, too.
  attend(seconds = 2) {
    this.pico.runUntil(() => PIO_FUNCTIONS.includes(this.pico.rp2040.gpio[this.scl].functionSelect), seconds);
    this.pico.run(0.001);
  }

  run(seconds) {
    this.pico.run(seconds);
  }

  get seconds() {
    return this.pico.rp2040.clock.nanos / 1e9;
  }

  transfer(messages, options) {
    return this.pico.transfer(messages, options);
  }

  begin(messages) {
    if (this.isRunning()) {
      this.reply(2);
    }
    this.pico.begin(messages);
  }

  reply(seconds) {
    return this.pico.reply(seconds);
  }

  isRunning() {
    return this.pico.isRunning;
  }

  hand(move, ...words) {
    return this.pico[`hand${move}`](...words);
  }

  // What the board and its wires have come to.
  state() {
    const {pico} = this;
    return {seconds: this.seconds, findings: pico.findings, violations: pico.violations, driving: pico.driving, everDriving: pico.everDriving,
      everHigh: pico.everHigh, longestStretchNs: pico.machine.longestStretchNs(), worstHandler: pico.worstHandler};
  }

  // Puts the board on a virtual bus.  Done when it listens there.  Emulated time passes only while somebody uses that bus.
  bridge(socket) {
    return new Promise((resolve) => { this.bridged = new Bridge(this.pico, socket, resolve, () => {}, false); });
  }

  trace(path) {
    writeTrace(path, this.pico.edges);
  }
}

async function main([image, scl, sda, sclHz = '100000']) {
  const session = new Session(fs.readFileSync(image), Number(scl), Number(sda), Number(sclHz));
  for await (const line of readline.createInterface({input: process.stdin})) {
    const [method, ...words] = JSON.parse(line);
    let result;
    try {
      result = {value: (await session[method](...words)) ?? null};
    } catch (error) {
      result = {error: error.message};
    }
    console.log(JSON.stringify(result));
  }
  process.exit(0);
}

main(process.argv.slice(2));
