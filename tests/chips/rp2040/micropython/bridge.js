// SPDX-License-Identifier: MIT
//
// bridge.js IMAGE.uf2 SCL SDA SOCKET [TRACE.vcd]: the same for MicroPython's firmware, with a program that runs at boot.
'use strict';
const {main} = require('../../../emulator/bridge.js');
const {Pico} = require('../emulator/pico.js');

// RP2040 datasheet §2.19.2: the functions of PIO0 and PIO1.  The file system is made before the program begins.
const PIO = [6, 7], BOOT_S = 3;
const words = process.argv.slice(2);

main(Pico, words, (board) => PIO.includes(board.rp2040.gpio[Number(words[1])].functionSelect), BOOT_S, false);
