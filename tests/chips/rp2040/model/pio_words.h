/* SPDX-License-Identifier: MIT */
/*
 * PIO instructions as words, for tests in C (encoding: RP2040 datasheet §3.4).  Delay and side-set
 * are or-ed in: HIGH(bits) is the whole five-bit field.
 */
#ifndef CHIPS_RP2040_MODEL_PIO_WORDS_H
#define CHIPS_RP2040_MODEL_PIO_WORDS_H

#define HIGH(bits) ((bits) << 8)

enum { IF_ALWAYS, IF_NOT_X, IF_X_DEC, IF_NOT_Y, IF_Y_DEC, IF_X_NE_Y, IF_PIN, IF_NOT_OSRE };
#define JMP(condition, address) (0x0000 | (condition) << 5 | (address))

#define WAIT_GPIO(level, index) (0x2000 | (level) << 7 | (index))
#define WAIT_PIN(level, index) (0x2020 | (level) << 7 | (index))
#define WAIT_IRQ(level, index) (0x2040 | (level) << 7 | (index))
#define REL 0x10

/* Sources and destinations. */
enum { PINS, X, Y, NUL, PINDIRS, PC, ISR, OSR, EXEC = 7, MOV_EXEC = 4, STATUS = 5 };
#define IN(source, count) (0x4000 | (source) << 5 | ((count)&31))
#define OUT(destination, count) (0x6000 | (destination) << 5 | ((count)&31))

#define PUSH_NOBLOCK 0x8000
#define PUSH_BLOCK 0x8020
#define PULL_NOBLOCK 0x8080
#define PULL_BLOCK 0x80A0
#define IF_FULL 0x40
#define IF_EMPTY 0x40

#define MOV(destination, source) (0xA000 | (destination) << 5 | (source))
#define INVERT 0x08
#define REVERSE 0x10
#define NOP MOV(Y, Y)

#define IRQ_SET(index) (0xC000 | (index))
#define IRQ_WAIT(index) (0xC020 | (index))
#define IRQ_CLEAR(index) (0xC040 | (index))

#define SET(destination, data) (0xE000 | (destination) << 5 | (data))

#endif
