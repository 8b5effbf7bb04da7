/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4) of what is in memory as a whole. */
#ifndef BOARD_SHA256_H
#define BOARD_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

void sha256(const uint8_t *bytes, size_t count, uint8_t digest[SHA256_BYTES]);

#endif
