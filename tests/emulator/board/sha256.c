/* SPDX-License-Identifier: MIT */
#include "emulator/board/sha256.h"

#include <string.h>

enum { BLOCK = 64, ROUNDS = 64, WORDS = 8, LENGTH_BYTES = 8 };

/* §4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotated(uint32_t word, unsigned bits)
{
    return word >> bits | word << (32 - bits);
}

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* §6.2.2, step 1. */
static void schedule(uint32_t *words, const uint8_t *block)
{
    for (unsigned t = 0; t < 16; t++)
        words[t] = big_endian(block + 4 * t);
    for (unsigned t = 16; t < ROUNDS; t++) {
        uint32_t a = words[t - 15], b = words[t - 2];
        uint32_t sigma_0 = rotated(a, 7) ^ rotated(a, 18) ^ a >> 3;
        uint32_t sigma_1 = rotated(b, 17) ^ rotated(b, 19) ^ b >> 10;
        words[t] = sigma_1 + words[t - 7] + sigma_0 + words[t - 16];
    }
}

/* §6.2.2, step 3: v[0] is a, v[7] is h. */
static void turn(uint32_t *v, uint32_t constant_and_word)
{
    uint32_t sum_1 = rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25);
    uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
    uint32_t sum_0 = rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22);
    uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
    uint32_t first = v[7] + sum_1 + choice + constant_and_word;
    memmove(v + 1, v, (WORDS - 1) * sizeof *v);
    v[4] += first;
    v[0] = first + sum_0 + majority;
}

static void take(uint32_t *hash, const uint8_t *block)
{
    uint32_t words[ROUNDS], v[WORDS];
    schedule(words, block);
    memcpy(v, hash, sizeof v);
    for (unsigned t = 0; t < ROUNDS; t++)
        turn(v, constants[t] + words[t]);
    for (unsigned i = 0; i < WORDS; i++)
        hash[i] += v[i];
}

static void put_big_endian(uint8_t *bytes, uint64_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        bytes[i] = (uint8_t)(value >> 8 * (count - 1 - i));
}

/* §5.1.1: a 1, zeros, and the length in bits, in one block or two. */
static void take_end(uint32_t *hash, const uint8_t *rest, size_t rest_bytes, uint64_t count)
{
    uint8_t padded[2 * BLOCK] = {0};
    size_t blocks = rest_bytes < BLOCK - LENGTH_BYTES ? 1 : 2;
    memcpy(padded, rest, rest_bytes);
    padded[rest_bytes] = 0x80;
    put_big_endian(padded + blocks * BLOCK - LENGTH_BYTES, count * 8, LENGTH_BYTES);
    for (size_t i = 0; i < blocks; i++)
        take(hash, padded + i * BLOCK);
}

void sha256(const uint8_t *bytes, size_t count, uint8_t digest[SHA256_BYTES])
{
    uint32_t hash[WORDS] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                            0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    size_t whole = count / BLOCK * BLOCK;
    for (size_t at = 0; at < whole; at += BLOCK)
        take(hash, bytes + at);
    take_end(hash, bytes + whole, count - whole, count);
    for (unsigned i = 0; i < WORDS; i++)
        put_big_endian(digest + 4 * i, hash[i], 4);
}
