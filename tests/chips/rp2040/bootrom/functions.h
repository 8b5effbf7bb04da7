/* SPDX-License-Identifier: MIT */
/* The ROM's functions, by the names of the RP2040 datasheet §2.8.3; tables.S has their addresses. */
#ifndef BOOTROM_FUNCTIONS_H
#define BOOTROM_FUNCTIONS_H

#include <stdint.h>

/* Stops at a breakpoint: what was called is not in this ROM. */
void absent(void);

/* The address behind `code` in a table of (code, address), which ends with 0; or NULL. */
void *table_lookup(const uint16_t *table, uint32_t code);

uint32_t popcount32(uint32_t value);
uint32_t reverse32(uint32_t value);
uint32_t clz32(uint32_t value);
uint32_t ctz32(uint32_t value);

void *memset(void *to, int byte, uint32_t count);
void *memcpy(void *to, const void *from, uint32_t count);

/* Rounded towards minus infinity; a value out of range becomes the nearest in it. */
int32_t float_to_int(float value);
uint32_t float_to_uint(float value);
int64_t float_to_int64(float value);
uint64_t float_to_uint64(float value);
int32_t double_to_int(double value);
uint32_t double_to_uint(double value);
int64_t double_to_int64(double value);
uint64_t double_to_uint64(double value);

/* -1, 0, 1: a is less, equal, greater. */
int float_compare(float a, float b);
int double_compare(double a, double b);

/*
 * The flash at the other end of XIP_SSI.  A program calls, from RAM: connect, exit_xip, erase or
 * program, flush_cache; then it makes the flash readable again by its second stage, or by
 * enter_cmd_xip.  `offset` is from the flash's beginning; sectors have 4096 bytes, pages 256.
 */
void connect_internal_flash(void);
void flash_exit_xip(void);
void flash_range_erase(uint32_t offset, uint32_t count, uint32_t block_bytes,
                       uint8_t block_command);
void flash_range_program(uint32_t offset, const uint8_t *data, uint32_t count);
void flash_flush_cache(void);
void flash_enter_cmd_xip(void);

#endif
