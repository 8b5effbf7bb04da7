/* SPDX-License-Identifier: MIT */
/* The part of Arduino's core that our sketches use. */
#ifndef ARDUINO_H
#define ARDUINO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEX 16

struct Print {
    void begin(unsigned long baud);
    void print(const char *text);
    void println(int number, int base = 10);
};
extern Print Serial;

void setup();
void loop();

#endif
