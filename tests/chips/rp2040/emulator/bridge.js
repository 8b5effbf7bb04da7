// SPDX-License-Identifier: MIT
//
// bridge.js IMAGE.uf2 SCL SDA SOCKET [TRACE.vcd]: puts an emulated board with an RP2040 on a virtual bus.
'use strict';
const {main} = require('../../../emulator/bridge.js');
const {Pico} = require('./pico.js');

main(Pico, process.argv.slice(2));
