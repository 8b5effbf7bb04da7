/* SPDX-License-Identifier: MIT */
/*
 * The ID EEPROM of a Raspberry Pi HAT: a 24C32 at address 0x50, read at boot by a controller that
 * does not wait for anybody (BCM2835: stretching corrupts its reads).  So it must be answered by a
 * device, at once.
 *
 * What is in it (the HAT's ID EEPROM format, version 1): a header, then "atoms", each with a
 * checksum. This one has the vendor atom alone, which is all that has to be there besides the GPIO
 * map.
 *
 *     i2ctransfer -y 1 w2@0x50 0x00 0x00 r12        52 2d 50 69 01 00 01 00 34 00 00 00
 */
#include "i2ctarget/board.h"
#include "i2ctarget/devices/eeprom.h"

enum { BYTES = 4096, PAGE_BYTES = 32, ERASED = 0xFF };
enum { HEADER_BYTES = 12, CRC_BYTES = 2, UUID_BYTES = 16 };

static const char vendor[] = "i2ctarget", product[] = "A HAT on a chip";

static uint8_t memory[BYTES];
static struct i2ctarget_eeprom eeprom;

/* ---- what is in it --------------------------------------------------------------------------- */

static uint8_t *put(uint8_t *at, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        *at++ = (uint8_t)(value >> 8 * i);
    return at;
}

static uint8_t *put_text(uint8_t *at, const char *text)
{
    while (*text)
        *at++ = (uint8_t)*text++;
    return at;
}

/* CRC-16-ARC: polynomial 0x8005, the lowest bit first. */
static uint16_t checksum(const uint8_t *bytes, const uint8_t *end)
{
    uint16_t crc = 0;
    for (; bytes < end; bytes++) {
        crc ^= *bytes;
        for (int i = 0; i < 8; i++)
            crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1);
    }
    return crc;
}

/* type, number, length of data and checksum; UUID, product id and version, two strings; checksum */
static void write_contents(void)
{
    enum { VENDOR_INFO = 1, STRINGS = sizeof vendor - 1 + sizeof product - 1 };
    enum { DATA_BYTES = UUID_BYTES + 2 + 2 + 1 + 1 + STRINGS };
    uint8_t *atom = memory + HEADER_BYTES;
    uint8_t *at = put(atom, VENDOR_INFO, 2);
    at = put(at, 0, 2);
    at = put(at, DATA_BYTES + CRC_BYTES, 4);
    for (unsigned i = 0; i < UUID_BYTES; i++)
        *at++ = (uint8_t)(0x40 + i);
    at = put(at, 1, 2);
    at = put(at, 1, 2);
    at = put(at, sizeof vendor - 1, 1);
    at = put(at, sizeof product - 1, 1);
    at = put_text(at, vendor);
    at = put_text(at, product);
    at = put(at, checksum(atom, at), CRC_BYTES);

    uint8_t *header = put_text(memory, "R-Pi");
    header = put(header, 1, 1); /* the format's version; reserved */
    header = put(header, 0, 1);
    header = put(header, 1, 2); /* atoms */
    put(header, (uint32_t)(at - memory), 4);
}

/* ---- the device ------------------------------------------------------------------------------ */

static int begin(void)
{
    static const struct i2ctarget_eeprom_config config = {
        .memory = memory,
        .size_bytes = BYTES,
        .page_bytes = PAGE_BYTES,
        .address_bytes = 2,
        .protection =
            I2CTARGET_EEPROM_IGNORES_DATA, /* as on a HAT whose write protect jumper is closed */
    };
    for (int i = 0; i < BYTES; i++)
        memory[i] = ERASED;
    write_contents();
    return i2ctarget_eeprom_init(&eeprom, &config);
}

/* The device does all the work while the program waits for a request, which never comes. */
int main(void)
{
    static const uint8_t addresses[] = {I2CTARGET_EEPROM_ADDRESS};
    struct i2ctarget target;
    struct i2ctarget_request request;
    int error = begin();
    if (error == 0)
        error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, sizeof addresses, false);
    if (error)
        return i2ctarget_board_fail(error);
    error = i2ctarget_attach(&target, I2CTARGET_EEPROM_ADDRESS, &eeprom.device);
    while (error == 0 || error == -I2CTARGET_EINTR)
        error = i2ctarget_next_request(&target, &request, 0);
    i2ctarget_deinit(&target);
    return i2ctarget_board_fail(error);
}
