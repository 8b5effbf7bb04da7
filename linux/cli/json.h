/* SPDX-License-Identifier: MIT */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdio.h>

/*
 * Writes the text as a JSON string (RFC 8259), with its quotes.  Bytes that are not UTF-8 become
 * U+FFFD: names and command lines may contain anything.
 */
void json_write(FILE *file, const char *text);

#endif
