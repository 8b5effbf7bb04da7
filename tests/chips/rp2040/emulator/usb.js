// SPDX-License-Identifier: MIT
//
// The computer at the other end of the board's USB cable: a host that knows one class of devices, serial ports (USB CDC ACM).
//
// rp2040js has the device controller, and a host of its own.  That one answers a device that waits for data with a packet without any, at once
// and for ever; so the firmware would be in its USB interrupt all the time.  Here such a device waits, as it does on a real bus.
//
// Enumeration: USB 2.0 specification §9.4; CDC: PSTN120 §6.3.
'use strict';

const TO_HOST = 0x80, CLASS_INTERFACE = 0x21;
const SET_ADDRESS = 5, GET_DESCRIPTOR = 6, SET_CONFIGURATION = 9, SET_LINE_CODING = 0x20, SET_CONTROL_LINE_STATE = 0x22;
const DEVICE = 1, CONFIGURATION = 2, INTERFACE = 4, ENDPOINT = 5;
const CDC_CONTROL = 2, CDC_DATA = 10, BULK = 2;
const DTR_AND_RTS = 3;
const DEV_SOF = 1 << 17, SOF_RD = 0x48, FRAME_NS = 1e6;
const PAUSE_NS = 100e3; // between two transfers
const BAUD_115200_8N1 = [0x00, 0xc2, 0x01, 0x00, 0, 0, 8];

function setup(type, request, value, index, length) {
  return Uint8Array.of(type, request, value & 0xff, value >> 8, index & 0xff, index >> 8, length & 0xff, length >> 8);
}

function* descriptors(bytes) {
  for (let at = 0; at + 2 <= bytes.length && bytes[at] >= 2; at += bytes[at]) {
    yield bytes.subarray(at, at + bytes[at]);
  }
}

// The first serial port of a configuration: its control interface, its endpoints.
function serialPort(configuration) {
  const port = {};
  let isData = false;
  for (const descriptor of descriptors(configuration)) {
    if (descriptor[1] === INTERFACE) {
      if (descriptor[5] === CDC_CONTROL && port.control === undefined) {
        port.control = descriptor[2];
      }
      isData = descriptor[5] === CDC_DATA && port.in === undefined;
    } else if (descriptor[1] === ENDPOINT && isData && (descriptor[3] & 3) === BULK) {
      port[descriptor[2] & TO_HOST ? 'in' : 'out'] = descriptor[2] & 0xf;
    }
  }
  return port;
}

class SerialPort {
  // onData(bytes): what the device says.
  constructor(usb, onData) {
    Object.assign(this, {usb, onData, pending: [], armed: 0, isOpen: false});
    this.pause = usb.rp2040.clock.createAlarm(() => this.next(Uint8Array.from(this.answered)));
    this.keepTime();
    usb.onUSBEnabled = () => usb.resetDevice();
    usb.onResetReceived = () => this.enumerate();
    usb.onEndpointWrite = (endpoint, bytes) => this.onWrite(endpoint, bytes);
    usb.onEndpointRead = (endpoint, size) => this.onRead(endpoint, size);
  }

  // To the device, as soon as it takes it.
  send(bytes) {
    this.pending.push(...bytes);
    this.deliver();
  }

  // A start of frame every millisecond, which rp2040js' device does not notice (DEV_SOF, cleared by a look at SOF_RD).
  keepTime() {
    const {usb} = this, {readUint32} = usb;
    const frame = usb.rp2040.clock.createAlarm(() => {
      frame.schedule(FRAME_NS);
      usb.sofFrameNumber = usb.sofFrameNumber + 1 & 0x7ff;
      usb.intRaw |= DEV_SOF;
      usb.checkInterrupts();
    });
    frame.schedule(FRAME_NS);
    usb.readUint32 = (offset) => {
      if (offset === SOF_RD) {
        usb.intRaw &= ~DEV_SOF;
        usb.checkInterrupts();
      }
      return readUint32.call(usb, offset);
    };
  }

  // ---- the pipe of data

  deliver() {
    if (this.isOpen && this.armed > 0 && this.pending.length > 0) {
      const size = this.armed;
      this.armed = 0;
      this.usb.endpointReadDone(this.port.out, Uint8Array.from(this.pending.splice(0, size)));
    }
  }

  onWrite(endpoint, bytes) {
    if (endpoint === 0) {
      this.answer(bytes);
    } else if (this.port && endpoint === this.port.in) {
      this.onData(bytes);
    }
  }

  onRead(endpoint, size) {
    if (endpoint === 0) {
      this.usb.endpointReadDone(0, Uint8Array.from(this.data.splice(0, size)));
      if (this.packet[0] & TO_HOST) { // that was the empty packet with which we end a transfer
        this.pause.schedule(PAUSE_NS);
      }
    } else if (this.port && endpoint === this.port.out) {
      this.armed = size;
      this.deliver();
    }
  }

  // ---- the control pipe: one transfer at a time

  enumerate() {
    this.isOpen = false;
    this.armed = 0;
    this.steps = this.dialogue();
    this.next();
  }

  next(answer) {
    const {value, done} = this.steps.next(answer);
    if (!done) {
      const [packet, data = []] = value;
      Object.assign(this, {packet, data, answered: []});
      this.usb.sendSetupPacket(packet);
    }
  }

  // A packet of the device's answer, or its empty one at the end of a transfer to it.
  answer(bytes) {
    this.answered.push(...bytes);
    if (!(this.packet[0] & TO_HOST)) {
      this.pause.schedule(PAUSE_NS);
    }
  }

  * dialogue() {
    yield [setup(0, SET_ADDRESS, 1, 0, 0)];
    yield [setup(TO_HOST, GET_DESCRIPTOR, DEVICE << 8, 0, 18)];
    const head = yield [setup(TO_HOST, GET_DESCRIPTOR, CONFIGURATION << 8, 0, 9)];
    const configuration = yield [setup(TO_HOST, GET_DESCRIPTOR, CONFIGURATION << 8, 0, head[2] | head[3] << 8)];
    this.port = serialPort(configuration);
    yield [setup(0, SET_CONFIGURATION, configuration[5], 0, 0)];
    yield [setup(CLASS_INTERFACE, SET_LINE_CODING, 0, this.port.control, BAUD_115200_8N1.length), [...BAUD_115200_8N1]];
    yield [setup(CLASS_INTERFACE, SET_CONTROL_LINE_STATE, DTR_AND_RTS, this.port.control, 0)];
    this.isOpen = true;
    this.deliver();
  }
}

module.exports = {SerialPort};
