/* SPDX-License-Identifier: MIT */
/*
 * A target for tests of controllers.  It has what an SMBus program may talk to, at three addresses.
 *
 *   0x20  memory of 256 bytes: write [pointer, data …]; read from the pointer on
 *   0x21  commands; a PEC is checked after written data, and offered after every answer:
 *           00-3F  a byte                  40-7F  a word               80-BF  a block
 *           C0     process call: word + 1  C1     block process call: the block backwards
 *           C2     block with a count of 33   C3   a byte with a wrong PEC   C4   an empty block
 *           D0-FF  nothing but the command
 *         Registers 3E and 3F count good and bad PECs.  A read without a command gives the last
 *         command.
 *   0x23  acknowledges one byte and no more; it becomes the memory's pointer
 */
#include <string.h>

#include "i2ctarget/board.h"

enum {
    MEMORY = 0x20,
    COMMANDS = 0x21,
    RELUCTANT = 0x23,
    BLOCK_MAX = 32,
    GOOD_PECS = 0x3E,
    BAD_PECS = 0x3F
};

static uint8_t memory[256];
static uint8_t pointer;

static uint8_t bytes[256];
static uint16_t words[256];
static uint8_t blocks[256][1 + BLOCK_MAX];

/* The last message written to COMMANDS, after its address byte. */
static uint8_t written[8192];
static size_t written_count;

static uint8_t crc8(const uint8_t *data, size_t count)
{
    uint8_t crc = 0;
    for (size_t i = 0; i < count; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (uint8_t)(crc << 1 ^ (crc & 0x80 ? 7 : 0));
    }
    return crc;
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* Takes as many bytes at once as may come: a round trip for each byte would be too slow. */
static void memory_write(struct i2ctarget_request *request)
{
    uint8_t chunk[4096];
    int count;
    if (i2ctarget_read(request, &pointer, 1, true) != 1)
        return;
    do {
        count = i2ctarget_read(request, chunk, sizeof chunk, true);
        for (int i = 0; i < count; i++)
            memory[pointer++] = chunk[i];
    } while (count == (int)sizeof chunk);
}

static void memory_read(struct i2ctarget_request *request)
{
    int taken;
    do {
        size_t left = sizeof memory - pointer;
        taken = i2ctarget_write(request, memory + pointer, left);
        pointer = (uint8_t)(pointer + (taken > 0 ? taken : 0));
    } while (taken > 0 && request->end == I2CTARGET_OPEN);
}

/* ---- commands -------------------------------------------------------------------------------- */

/* The length of a message with this beginning, without PEC; 0: not known yet. */
static size_t expected_count(void)
{
    uint8_t command = written[1];
    if (command < 0x40)
        return 3;
    if (command < 0x80 || command == 0xC0)
        return 4;
    if (command >= 0xD0)
        return 2;
    if (written_count < 3)
        return 0;
    return 3u + (written[2] < BLOCK_MAX ? written[2] : BLOCK_MAX);
}

static void store(void)
{
    uint8_t command = written[1];
    if (command < 0x40)
        bytes[command] = written[2];
    else if (command < 0x80)
        words[command] = (uint16_t)(written[2] | written[3] << 8);
    else if (command < 0xC0)
        memcpy(blocks[command], written + 2, 1u + written[2]);
}

/* The byte after the message: only a right PEC is acknowledged. */
static void take_pec(struct i2ctarget_request *request)
{
    uint8_t pec;
    if (i2ctarget_read(request, &pec, 1, false) != 1)
        return;
    bool is_good = pec == crc8(written, written_count);
    bytes[is_good ? GOOD_PECS : BAD_PECS]++;
    i2ctarget_ack(request, is_good);
}

static void command_write(struct i2ctarget_request *request)
{
    written[0] = COMMANDS << 1;
    written_count = 1;
    while (written_count < 2 || written_count != expected_count()) {
        if (i2ctarget_read(request, written + written_count, 1, true) != 1)
            return;
        written_count++;
    }
    store();
    take_pec(request);
}

static size_t answer_block(uint8_t *to, const uint8_t *block)
{
    memcpy(to, block, 1u + block[0]);
    return 1u + block[0];
}

static size_t answer_backwards(uint8_t *to)
{
    size_t count = written[2];
    to[0] = written[2];
    for (size_t i = 0; i < count; i++)
        to[1 + i] = written[2 + count - i];
    return 1 + count;
}

static size_t answer_word(uint8_t *to, unsigned word)
{
    to[0] = (uint8_t)word;
    to[1] = (uint8_t)(word >> 8);
    return 2;
}

static size_t answer(uint8_t *to)
{
    uint8_t command = written[1];
    if (command < 0x40 || command == 0xC3) {
        to[0] = bytes[command];
        return 1;
    }
    if (command < 0x80)
        return answer_word(to, words[command]);
    if (command < 0xC0)
        return answer_block(to, blocks[command]);
    if (command == 0xC0)
        return answer_word(to, (written[2] | (unsigned)written[3] << 8) + 1);
    if (command == 0xC1)
        return answer_backwards(to);
    to[0] = command == 0xC2 ? 33 : 0;
    return 1;
}

static void command_read(struct i2ctarget_request *request)
{
    /* All bytes on the wires: the PEC is calculated over them. */
    uint8_t wire[sizeof written + 64];
    size_t count = request->is_restart ? written_count : 0, begin = count + 1;
    memcpy(wire, written, count);
    wire[count] = COMMANDS << 1 | 1;
    wire[begin] = written[1];
    count = begin + (request->is_restart ? answer(wire + begin) : 1);
    wire[count] = crc8(wire, count);
    if (request->is_restart && written[1] == 0xC3)
        wire[count] ^= 0x10;
    int taken = i2ctarget_write(request, wire + begin, count + 1 - begin);
    (void)taken; /* the controller decides */
}

/* ---- all ------------------------------------------------------------------------------------- */

static void serve(struct i2ctarget_request *request)
{
    uint8_t byte;
    if (request->address == MEMORY)
        (request->is_read ? memory_read : memory_write)(request);
    else if (request->address == COMMANDS)
        (request->is_read ? command_read : command_write)(request);
    else if (!request->is_read && i2ctarget_read(request, &byte, 1, true) == 1)
        pointer = byte;
}

int main(void)
{
    static const uint8_t addresses[] = {MEMORY, COMMANDS, RELUCTANT};
    struct i2ctarget target;
    struct i2ctarget_request request;
    int result = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, sizeof addresses, false);
    while (result >= 0 || result == -I2CTARGET_EINTR) {
        result = i2ctarget_next_request(&target, &request, 0);
        if (result == 1) {
            serve(&request);
            i2ctarget_close(&request);
        }
    }
    return i2ctarget_board_fail(result);
}
