/* SPDX-License-Identifier: MIT */
/*
 * The flash, by serial commands over XIP_SSI: RP2040 datasheet §4.10.13; the chip is a W25Q16JV, as on
 * a Raspberry Pi Pico (its datasheet §8.2).
 *
 * The chip is selected by hand, by an override of the pin SS.  XIP_SSI would let go of it whenever its
 * FIFO runs empty, that is in the middle of a command.
 */
#include <stdbool.h>

#include "functions.h"

#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define SET(address) REGISTER((address) + 0x2000u)
#define CLEAR(address) REGISTER((address) + 0x3000u)

#define RESETS_RESET 0x4000c000u
#define RESETS_DONE 0x4000c008u
#define IO_QSPI_SS_CTRL 0x4001800cu
#define XIP_FLUSH 0x14000004u
#define SSI_CTRLR0 0x18000000u
#define SSI_CTRLR1 0x18000004u
#define SSI_SSIENR 0x18000008u
#define SSI_SER 0x18000010u
#define SSI_BAUDR 0x18000014u
#define SSI_SR 0x18000028u
#define SSI_DR0 0x18000060u
#define SSI_SPI_CTRLR0 0x180000f4u

enum {
    RESET_QSPI = 1 << 6 | 1 << 9, /* IO_QSPI, PADS_QSPI */
    OVERRIDE = 3 << 8,            /* OUTOVER of a pin: 2 is low, 3 is high */
    OVERRIDE_LOW = 2 << 8,
    SR_RECEIVED = 1 << 3,
    BITS_8 = 7 << 16, /* CTRLR0: frames of 8 bits that are sent and received at once */
    BITS_32_READ = 31 << 16 | 3 << 8,
    SCK_DIVIDER = 6,
};

enum {
    READ = 0x03,
    WRITE_ENABLE = 0x06,
    PROGRAM = 0x02,
    STATUS = 0x05,
    ERASE_SECTOR = 0x20,
    LEAVE_CONTINUOUS_READ = 0xff
};
enum { STATUS_BUSY = 1, SECTOR_BYTES = 4096, PAGE_BYTES = 256 };

static void configure(uint32_t frames)
{
    REGISTER(SSI_SSIENR) = 0;
    REGISTER(SSI_BAUDR) = SCK_DIVIDER;
    REGISTER(SSI_CTRLR0) = frames;
    REGISTER(SSI_CTRLR1) = 0;
    REGISTER(SSI_SER) = 1;
}

static void select(bool is_selected)
{
    REGISTER(IO_QSPI_SS_CTRL) = is_selected ? OVERRIDE_LOW : OVERRIDE;
}

static uint8_t exchange(uint8_t byte)
{
    REGISTER(SSI_DR0) = byte;
    while (!(REGISTER(SSI_SR) & SR_RECEIVED))
        ;
    return (uint8_t)REGISTER(SSI_DR0);
}

static void command(uint8_t byte)
{
    select(true);
    exchange(byte);
    select(false);
}

/* A command that changes the flash: data is NULL, or a page. */
static void change(uint8_t what, uint32_t offset, const uint8_t *data)
{
    command(WRITE_ENABLE);
    select(true);
    exchange(what);
    for (int shift = 16; shift >= 0; shift -= 8)
        exchange((uint8_t)(offset >> shift));
    for (uint32_t i = 0; data && i < PAGE_BYTES; i++)
        exchange(data[i]);
    select(false);
}

static void wait_until_ready(void)
{
    uint8_t status;
    do {
        select(true);
        exchange(STATUS);
        status = exchange(0);
        select(false);
    } while (status & STATUS_BUSY);
}

void connect_internal_flash(void)
{
    SET(RESETS_RESET) = RESET_QSPI;
    CLEAR(RESETS_RESET) = RESET_QSPI;
    while (~REGISTER(RESETS_DONE) & RESET_QSPI)
        ;
    for (uint32_t pin = 0; pin < 6; pin++)
        REGISTER(0x40018004u + 8 * pin) = 0; /* function 0: XIP_SSI */
}

void flash_exit_xip(void)
{
    configure(BITS_8);
    REGISTER(SSI_SSIENR) = 1;
    command(LEAVE_CONTINUOUS_READ);
    command(LEAVE_CONTINUOUS_READ);
}

void flash_range_erase(uint32_t offset, uint32_t count, uint32_t block_bytes, uint8_t block_command)
{
    uint32_t end = offset + count;
    while (offset < end) {
        bool is_block = block_bytes && offset % block_bytes == 0 && end - offset >= block_bytes;
        change(is_block ? block_command : ERASE_SECTOR, offset, 0);
        wait_until_ready();
        offset += is_block ? block_bytes : SECTOR_BYTES;
    }
}

void flash_range_program(uint32_t offset, const uint8_t *data, uint32_t count)
{
    for (uint32_t at = 0; at < count; at += PAGE_BYTES) {
        change(PROGRAM, offset + at, data + at);
        wait_until_ready();
    }
}

void flash_flush_cache(void)
{
    REGISTER(XIP_FLUSH) = 1;
    (void)REGISTER(XIP_FLUSH); /* waits until the cache is empty */
    REGISTER(IO_QSPI_SS_CTRL) = 0;
}

void flash_enter_cmd_xip(void)
{
    configure(BITS_32_READ);
    /* XIP_CMD; INST_L = 2: 8 bits of command; ADDR_L = 6: 24 bits of address. */
    REGISTER(SSI_SPI_CTRLR0) = (uint32_t)READ << 24 | 2 << 8 | 6 << 2;
    REGISTER(SSI_SSIENR) = 1;
}
