// SPDX-License-Identifier: MIT
// The i2c-bus package on bus 1 with smbus_device: what each call gave, as JSON.
'use strict';
const i2c = require('i2c-bus');

const MEMORY = 0x20, COMMANDS = 0x21, NOBODY = 0x24;
const result = {};

function error(call) {
  try {
    call();
    return null;
  } catch (failure) {
    return failure.code;
  }
}

function synchronous() {
  const bus = i2c.openSync(1);
  result.funcs = bus.i2cFuncsSync();
  result.scan = bus.scanSync(0x1e, 0x26);
  bus.writeByteSync(MEMORY, 1, 0xa1);
  bus.writeWordSync(COMMANDS, 0x41, 0x1234);
  bus.writeI2cBlockSync(MEMORY, 8, 4, Buffer.from('abcd'));
  result.byte = bus.readByteSync(MEMORY, 1);
  result.word = bus.readWordSync(COMMANDS, 0x41);
  const block = Buffer.alloc(32);
  result.block = [bus.readI2cBlockSync(MEMORY, 8, 5, block), block.toString('latin1', 0, 5)];
  bus.sendByteSync(MEMORY, 9);
  result.received = bus.receiveByteSync(MEMORY);
  bus.writeQuickSync(MEMORY, 0);
  result.plainWritten = bus.i2cWriteSync(MEMORY, 5, Buffer.from('\x30wxyz', 'latin1'));
  bus.i2cWriteSync(MEMORY, 1, Buffer.from([0x31]));
  const plain = Buffer.alloc(3);
  result.plainRead = [bus.i2cReadSync(MEMORY, 3, plain), plain.toString('latin1')];
  result.missing = error(() => bus.readByteSync(NOBODY, 0));
  result.missingPlain = error(() => bus.i2cReadSync(NOBODY, 1, plain));
  result.wrongBus = error(() => i2c.openSync(2).readByteSync(MEMORY, 0));
  bus.closeSync();
}

// Many calls at once run in the threads of libuv's pool.
async function asynchronous() {
  const bus = await i2c.openPromisified(1);
  const calls = [];
  for (let i = 0; i < 64; i++) {
    calls.push(bus.writeByte(MEMORY, 0x40 + i, 255 - i).then(() => bus.readByte(MEMORY, 0x40 + i)));
  }
  result.many = (await Promise.all(calls)).every((value, i) => value === 255 - i);
  result.missingLater = await bus.readByte(NOBODY, 0).catch((failure) => failure.code);
  await bus.close();
}

synchronous();
asynchronous().then(() => console.log(JSON.stringify(result)));
