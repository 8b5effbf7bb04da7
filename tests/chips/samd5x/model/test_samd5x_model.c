/* SPDX-License-Identifier: MIT */
/*
 * The model of the SAM D5x/E5x around its SERCOMs: decoder, clocks, PORT, EIC, TC, the processor's
 * own registers.  § is the data sheet DS60001507, SVD the vendor's register description, ARM the
 * ARMv7-M Architecture Reference Manual.
 */
#include "chips/samd5x/model/bench_samd5x.h"

/* ---- decoder --------------------------------------------------------------------------------- */

/* An access to anything that is no register, or not modelled, is reported. */
static void wrong_addresses(void **state)
{
    static const struct {
        uint32_t address;
        unsigned bytes;
        enum samd5x_fault reading, writing;
    } cases[] = {
        {0x20000000, 4, SAMD5X_UNMAPPED, SAMD5X_UNMAPPED},
        {0x4000A000, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED}, /* DMAC is at 0x4100A000 */
        {0x4100A000, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {0x42005000, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {0x44000000, 4, SAMD5X_UNMAPPED, SAMD5X_UNMAPPED},
        {0x60000000, 4, SAMD5X_UNMAPPED, SAMD5X_UNMAPPED}, /* no IOBUS here */
        {GCLK + 0x1C, 4, SAMD5X_UNMAPPED, SAMD5X_UNMAPPED},
        {GCLK + 4, 4, 0, SAMD5X_DIRECTION},
        {GCLK + 5, 2, SAMD5X_MISALIGNED, SAMD5X_MISALIGNED},
        {MCLK + 0x01, 1, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {MCLK + 0x04, 1, 0, SAMD5X_DIRECTION},
        {MCLK + 0x04, 2, SAMD5X_WIDTH, SAMD5X_WIDTH}, /* HSDIV and CPUDIV */
        {OSCCTRL + 0x14, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {PORT + 0x20, 4, 0, SAMD5X_DIRECTION},
        {PORT + 0x28, 4, SAMD5X_DIRECTION, 0},
        {PORT + 0x2C, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {PORT + 0x200, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {EIC + 0x01, 1, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {SERCOM + 0x0C, 4, SAMD5X_UNMAPPED, SAMD5X_UNMAPPED}, /* BAUD: not in I2CS */
        {SERCOM + 0x18, 4, SAMD5X_WIDTH, SAMD5X_WIDTH},
        {SERCOM + 0x1C, 4, 0, SAMD5X_DIRECTION},
        {SERCOM + 0x22, 2, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {PPB + 0xED04, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {PPB + 0xE100, 1, SAMD5X_WIDTH, SAMD5X_WIDTH},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        processor_read(&chip.processor, cases[i].address, cases[i].bytes);
        expect_error(cases[i].reading, cases[i].address);
        processor_write(&chip.processor, cases[i].address, 0, cases[i].bytes);
        expect_error(cases[i].writing, cases[i].address);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wrong_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
