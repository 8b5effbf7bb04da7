// SPDX-License-Identifier: MIT
//
// An emulated board on a virtual bus.  A chip's own bridge.js, with the arguments IMAGE SCL SDA SOCKET [TRACE.vcd], runs main().
//
//     i2cget ──► bus server ──► events ──► bridge: a controller by hand ──► the board's own two wires
//                    ▲                                                           │
//                    └──────────── ACK, NACK, bytes: what it saw there ◄─────────┘
//
// On the virtual bus the bridge is a target that listens to every address (docs/PROTOCOL.md).  It answers nothing before the board has
// answered: it repeats each event on the wires to the board, and emulated time stops between the events.  If a transfer did not end with a
// STOP for this target (after a NACK), a second connection, a monitor, reports the end.
'use strict';
const fs = require('fs');
const net = require('net');
const {writeTrace} = require('./trace.js');

const MAGIC = 0x74633269, TARGET = 2, MONITOR = 3;
const VERSION = 6;
const HELLO = 1, WELCOME = 2, REFUSED = 3, LISTEN = 6, LISTENING = 7, COMMIT = 8, EVENTS = 9, TRANSFER = 10;
const ADDRESSED = 1, RECEIVED = 2, REQUESTED = 3, ENDED = 4;
const ACK = 1, NACK = 2, HOLD = 0, REFUSE = 1, BY_APPLICATION = 2;
const READ = 1, BY_RESTART = 2, WITHOUT_START = 4; // flags of a message in a TRANSFER
const EVENTS_BYTES = 20; // before its records
const AFTER_S = 0.001;
const END = {STOP: 1, RESTART: 2, CONTROLLER_NACK: 3};

// A connection to the server: whole frames in, whole frames out.
class Link {
  constructor(socket, role, onFrame, onEnd) {
    this.buffer = Buffer.alloc(0);
    this.stream = net.connect(socket, () => {
      const hello = Buffer.alloc(40);
      hello.writeUInt32LE(MAGIC, 0);
      hello.writeUInt16LE(VERSION, 4);
      hello.writeUInt16LE(role, 6);
      hello.write('emulated board', 8);
      this.send(HELLO, hello);
    });
    this.stream.on('data', (data) => this.take(data, onFrame));
    this.stream.on('error', (error) => fail(`${socket}: ${error.message}`));
    this.stream.on('close', onEnd);
  }

  send(type, payload) {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(payload.length, 0);
    head.writeUInt16LE(type, 4);
    this.stream.write(Buffer.concat([head, payload]));
  }

  take(data, onFrame) {
    this.buffer = Buffer.concat([this.buffer, data]);
    while (this.buffer.length >= 8 && this.buffer.length >= 8 + this.buffer.readUInt32LE(0)) {
      const end = 8 + this.buffer.readUInt32LE(0);
      const type = this.buffer.readUInt16LE(4), payload = this.buffer.subarray(8, end);
      this.buffer = this.buffer.subarray(end);
      if (type === REFUSED) {
        fail(`the bus refuses: ${payload.subarray(8)}`);
      }
      onFrame(type, payload);
    }
  }
}

function fail(text) {
  console.error(`bridge: ${text}`);
  process.exit(1);
}

// Repeats on the board's wires what happens on the virtual bus.
class Replay {
  // keepsTime: emulated time passes as real time does while nothing happens.  A board that is always busy is too slow for that.
  constructor(board, keepsTime) {
    Object.assign(this, {board, keepsTime});
    this.isOpen = false; // between START and STOP on the board's wires
    this.isAlive = false; // a message that the board has accepted
    this.owesAck = false; // a byte was read; the virtual bus has not said yet whether it wants more
    // Transfers that began and that ended, as each connection reports them: one may be ahead of the other.
    this.begun = this.over = 0;
    this.lastMs = Date.now();
  }

  catchUp() {
    const now = Date.now();
    if (!this.isOpen && this.keepsTime) {
      this.board.run(Math.min(now - this.lastMs, 1000) / 1000);
    }
    this.lastMs = now;
  }

  // True: acknowledged.
  addressed(address, isRead, isRestart) {
    if (!isRestart) {
      this.stop();
      this.over = Math.min(this.over, this.begun); // what nobody called us for
      this.begun++;
    }
    this.catchUp();
    this.board.handStart();
    this.isOpen = true;
    this.isAlive = this.board.handWrite(address << 1 | isRead);
    return this.isAlive;
  }

  received(byte) {
    return this.board.handWrite(byte);
  }

  requested() {
    if (this.owesAck) {
      this.board.handClock(0);
    }
    this.owesAck = true;
    return this.board.handReadBits();
  }

  ended(cause) {
    if (this.owesAck) {
      this.board.handClock(1);
      this.owesAck = false;
    }
    this.isAlive = false;
    if (cause !== END.RESTART && cause !== END.CONTROLLER_NACK) {
      this.stop();
    }
    this.stopIfOver();
  }

  // So many transfers are over on the virtual bus.
  transferred(count) {
    this.over += count;
    this.stopIfOver();
  }

  stopIfOver() {
    if (!this.isAlive && this.over >= this.begun) {
      this.stop();
    }
  }

  stop() {
    if (this.isOpen) {
      this.board.handStop();
      this.isOpen = false;
    }
  }
}

// How many START a TRANSFER has that we were told of: nobody is called by the START byte.
function starts(transfer) {
  let count = 0;
  for (let at = 52, i = 0; i < transfer.readUInt32LE(36); i++) {
    const [address, flags] = transfer.subarray(at, at + 2);
    const bytes = transfer.readUInt32LE(at + 4);
    at += 16 + bytes + Math.ceil(bytes / 8);
    count += (flags & (BY_RESTART | WITHOUT_START)) === 0 && (address !== 0 || (flags & READ) === 0) ? 1 : 0;
  }
  return count;
}

function* records(payload) {
  for (let at = EVENTS_BYTES; at < payload.length; at += 12) {
    const [kind, value, isRead, isRestart] = payload.subarray(at, at + 4);
    const serial = payload.readUInt32LE(at + 4), number = payload.readUInt32LE(at + 8);
    const bytes = kind === RECEIVED ? payload.subarray(at + 12, at + 12 + number) : null;
    yield {kind, value, isRead, isRestart, serial, number, bytes};
    at += bytes ? number : 0;
  }
}

class Bridge {
  constructor(board, socket, onListening, onEnd, keepsTime = true) {
    this.replay = new Replay(board, keepsTime);
    this.position = 0; // bytes of the message that were answered
    this.target = new Link(socket, TARGET, (type, payload) => {
      if (type === WELCOME) {
        this.watch(socket, onEnd);
      } else if (type === LISTENING) {
        onListening();
      } else if (type === EVENTS) {
        this.onEvents(payload);
      }
    }, onEnd);
  }

  watch(socket, onEnd) {
    this.monitor = new Link(socket, MONITOR, (type, payload) => {
      if (type === WELCOME) {
        this.listen();
      } else if (type === TRANSFER) {
        this.replay.transferred(starts(payload));
      }
    }, onEnd);
  }

  listen() {
    const all = Buffer.alloc(20, 0xff);
    all.writeUInt32LE(0, 16); // no SMBus limits, no forecasts
    this.target.send(LISTEN, all);
  }

  commit(serial, address, then, bytes, count) {
    const head = Buffer.alloc(16);
    head.writeUInt32LE(serial, 0);
    head.writeUInt8(address, 4);
    head.writeUInt8(then, 5);
    head.writeUInt8(then === REFUSE ? BY_APPLICATION : 0, 6);
    head.writeUInt8(1, 7); // tell at once when something is to be answered
    head.writeUInt32LE(this.position, 8);
    head.writeUInt32LE(count, 12);
    this.target.send(COMMIT, Buffer.concat([head, Buffer.from(bytes)]));
  }

  onEvents(payload) {
    for (const record of records(payload)) {
      this.onRecord(record);
    }
  }

  onRecord({kind, value, isRead, isRestart, serial, number, bytes}) {
    if (kind === ADDRESSED) {
      this.position = 0;
      const isAcked = this.replay.addressed(number, isRead, isRestart);
      this.commit(serial, isAcked ? ACK : NACK, HOLD, [], 0);
    } else if (kind === RECEIVED) {
      const isAcked = this.replay.received(bytes[bytes.length - 1]);
      this.commit(serial, ACK, isAcked ? HOLD : REFUSE, [], isAcked ? 1 : 0);
      this.position += isAcked ? 1 : 0;
    } else if (kind === REQUESTED) {
      this.commit(serial, ACK, HOLD, [this.replay.requested()], 1);
      this.position++;
    } else if (kind === ENDED) {
      this.replay.ended(value);
    }
  }
}

// `Chip`: a class of bus.js, with {image, scl, sda, trace} to be made from, and isAsleep once its firmware waits.
// isReady: a target is being made, which then takes less than AFTER_S; for how many seconds that is awaited; does time go on by itself?
function main(Chip, [image, scl, sda, socket, trace], isReady = (board) => board.isAsleep, seconds = 0.01, keepsTime = true) {
  const board = new Chip({image: fs.readFileSync(image), scl: Number(scl), sda: Number(sda), trace: Boolean(trace)});
  board.runUntil(() => isReady(board), seconds);
  board.run(AFTER_S);
  const end = () => { // of the bus, or by a signal
    if (trace) {
      writeTrace(trace, board.edges);
    }
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  new Bridge(board, socket, () => console.log('the board listens'), end, keepsTime);
}

module.exports = {main, Bridge};
