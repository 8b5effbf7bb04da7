/* SPDX-License-Identifier: MIT */
/*
 * What an image says.  QEMU and our own harness of a core (execute.c) understand text_out().
 */
#ifndef TORTURE_TEXT_H
#define TORTURE_TEXT_H

#include <stdint.h>

void title(const char *what); /* and all that was said before goes out */
void note(const char *what, uint32_t value);
void put(char character);
void put_text(const char *from);
void put_word(uint32_t value);
void leave(void); /* ends the run */

/* The architecture's. */
void text_out(const char *text);
void text_end(void);

#endif
