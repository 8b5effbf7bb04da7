// SPDX-License-Identifier: MIT
// What replay.c does, with the WebAssembly module: node replay.mjs PIO_WASM
import { loadPio } from "./pio.mjs";

const [, pio] = await loadPio(process.argv[2]); // the second block: the first is somebody else's
const ROUNDS = 200, EVENTS = 100, SM = 0xc8, STRIDE = 0x18;

let seed = 2463534242 | 0;
function next() {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return seed >>> 0;
}

let digest;
const mix = (value) => (digest = Math.imul(digest ^ value, 16777619) >>> 0);

function run(cycles, pads) {
  for (let done = 0; done < cycles; ) done += pio.run(cycles - done, pads);
}

function show() {
  mix(pio.padsOut);
  mix(pio.padsOe);
  for (let offset = 0; offset < 0x144; offset += 4) if (offset < 0x20 || offset >= 0x30) mix(pio.read(offset));
}

function start() {
  pio.reset();
  for (let i = 0; i < 32; i++) pio.write(0x48 + 4 * i, next() & 0xffff);
  for (let i = 0; i < 4; i++) {
    const base = SM + i * STRIDE;
    const whole = (next() & 3) << 16;
    pio.write(base, whole | 0x10000 | (next() & 0xff00));
    pio.write(base + 4, next());
    pio.write(base + 8, next() & 0x3fff0000);
    pio.write(base + 20, next() & 0x5fffffff);
  }
  pio.write(0, 0xf);
}

for (let round = 0; round < ROUNDS; round++) {
  digest = 2166136261;
  start();
  for (let event = 0; event < EVENTS; event++) {
    const choice = next() % 8;
    if (choice < 2) pio.write(0x10 + 4 * choice, next());
    else if (choice === 2) mix(pio.read(0x20));
    else if (choice === 3) pio.write(0x34, next());
    else if (choice === 4) pio.write(0xd8 + STRIDE, next() & 0xffff);
    const pads = next();
    run(next() % 50, pads);
    show();
  }
  console.log(`${round} ${digest.toString(16).padStart(8, "0")} ${pio.misuse.toString(16)}`);
}
