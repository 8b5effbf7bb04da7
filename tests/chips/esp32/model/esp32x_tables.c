/* SPDX-License-Identifier: MIT */
/*
 * The registers of the four chips, as far as they are modelled: offsets, directions, reset values
 * and writable bits are those of the vendor's SVD.
 *
 * Two things are as the ROM leaves them: watchdogs are write-protected, and RESET_STATE says power-on.
 */
#include <stddef.h>

#include "chips/esp32/model/esp32x_parts.h"

enum { R = ESP32X_R, W = ESP32X_W, RW = ESP32X_RW };
enum { GATE_TIMG0 = 13, GATE_TIMG1 = 15, GATE_SYSTIMER = 29 };

#define ALL UINT32_MAX
#define ROWS(table) (table), sizeof(table) / sizeof *(table)

/* ---- GPIO ------------------------------------------------------------------------------------ */

/* OUT, ENABLE, IN, STATUS: one bank of pins, then the other. */
#define GPIO_BANKS                                                                                \
    {0x04, 1, RW, 0, ALL}, {0x08, 2, W, 0, ALL}, {0x10, 1, RW, 0, ALL}, {0x14, 2, W, 0, ALL},     \
        {0x20, 1, RW, 0, ALL}, {0x24, 2, W, 0, ALL}, {0x2C, 1, RW, 0, ALL}, {0x30, 2, W, 0, ALL}, \
        {0x3C, 2, R, 0, 0}, {0x44, 1, RW, 0, ALL}, {0x48, 2, W, 0, ALL}, {0x50, 1, RW, 0, ALL},   \
    {                                                                                             \
        0x54, 2, W, 0, ALL                                                                        \
    }

static const struct esp32x_register gpio_esp32[] = {
    GPIO_BANKS,
    {0x60, 1, R, 0, 0}, /* ACPU_INT */
    {0x68, 1, R, 0, 0}, /* PCPU_INT */
    {0x74, 1, R, 0, 0}, /* ACPU_INT1 */
    {0x7C, 1, R, 0, 0}, /* PCPU_INT1 */
    {0x88, 40, RW, 0, 0x3FF84},
    {0x130, 256, RW, 0, 0xFF},
    {0x530, 40, RW, 0x100, 0xFFF},
};

static const struct esp32x_register gpio_s2_s3[] = {
    GPIO_BANKS,
    {0x5C, 1, R, 0, 0}, /* PCPU_INT */
    {0x68, 1, R, 0, 0}, /* PCPU_INT1 */
    {0x74, 54, RW, 0, 0x3FF9F},
    {0x154, 256, RW, 0, 0xFF},
    {0x554, 54, RW, 0x100, 0xFFF},
    {0x62C, 1, RW, 1, 1},
};

static const struct esp32x_register gpio_c3[] = {
    {0x04, 1, RW, 0, ALL},      {0x08, 2, W, 0, ALL},      {0x20, 1, RW, 0, ALL},
    {0x24, 2, W, 0, ALL},       {0x3C, 1, R, 0, 0},        {0x44, 1, RW, 0, ALL},
    {0x48, 2, W, 0, ALL},       {0x5C, 1, R, 0, 0}, /* PCPU_INT */
    {0x74, 26, RW, 0, 0x3FF9F}, {0x154, 128, RW, 0, 0x7F}, {0x554, 26, RW, 0x80, 0x7FF},
    {0x62C, 1, RW, 1, 1},
};

/* ---- IO_MUX, RTC_IO -------------------------------------------------------------------------- */

/* No reset value is documented for the ESP32; its pads begin as inputs that are off. */
static const struct esp32x_register mux_esp32[] = {{0x04, 36, RW, 0x800, 0x7FFF}};
static const struct esp32x_register mux_s2[] = {
    {0x04, 22, RW, 0xB00, 0xFF9F},
    {0x6C, 21, RW, 0xB00, 0xFF9F},
};
static const struct esp32x_register mux_s3[] = {{0x04, 49, RW, 0xB00, 0xFF9F}};
static const struct esp32x_register mux_c3[] = {{0x04, 22, RW, 0xB00, 0xFF9F}};

static const struct esp32x_register rtc_io_esp32[] = {
    {0x84, 2, RW, 0x80000000, 0xFFFFFC00}, /* PAD_DAC1, 2 */
    {0x8C, 1, RW, 0x84100010, ALL},        /* XTAL_32K_PAD */
    {0x94, 1, RW, 0x52000000, 0xFBFFF000}, /* TOUCH_PAD0..7 */
    {0x98, 1, RW, 0x4A000000, 0xFBFFF000}, {0x9C, 1, RW, 0x52000000, 0xFBFFF000},
    {0xA0, 1, RW, 0x4A000000, 0xFBFFF000}, {0xA4, 2, RW, 0x52000000, 0xFBFFF000},
    {0xAC, 1, RW, 0x4A000000, 0xFBFFF000}, {0xB0, 1, RW, 0x42000000, 0xFBFFF000},
};

/* ---- DPORT, SYSTEM, APB_CTRL, interrupt matrix ----------------------------------------------- */

static const struct esp32x_register dport[] = {
    {0x2C, 1, RW, 1, 1},            /* APPCPU_CTRL_A */
    {0x30, 2, RW, 0, 1},            /* APPCPU_CTRL_B, C */
    {0x38, 1, RW, 0, ALL},          /* APPCPU_CTRL_D */
    {0x3C, 1, RW, 0, 0xF},          /* CPU_PER_CONF */
    {0xC0, 1, RW, 0xF9C1E06F, ALL}, /* PERIP_CLK_EN */
    {0xC4, 1, RW, 0, ALL},          /* PERIP_RST_EN */
    {0xDC, 4, RW, 0, 1},            /* CPU_INTR_FROM_CPU_0..3 */
    {0xEC, 6, R, 0, 0},             /* PRO_, APP_INTR_STATUS */
    {0x104, 69, RW, 0x10, 0x1F},    /* PRO_…_MAP */
    {0x218, 69, RW, 0x10, 0x1F},    /* APP_…_MAP */
};

static const struct esp32x_register system_s2[] = {
    {0x10, 1, RW, 0, 0x80},         /* CPU_PERI_CLK_EN */
    {0x14, 1, RW, 0x80, 0x80},      /* CPU_PERI_RST_EN */
    {0x18, 1, RW, 0xC, 0xFF},       /* CPU_PER_CONF */
    {0x40, 1, RW, 0xF9C1E06F, ALL}, /* PERIP_CLK_EN0 */
    {0x44, 1, RW, 0, 0x7E},
    {0x48, 1, RW, 0, ALL}, /* PERIP_RST_EN0 */
    {0x4C, 1, RW, 0x7E, 0x7E},
    {0x58, 4, RW, 0, 1},     /* CPU_INTR_FROM_CPU_0..3 */
    {0x84, 1, RW, 1, 1},     /* CLOCK_GATE */
    {0x8C, 1, RW, 1, 0xFFF}, /* SYSCLK_CONF */
};

static const struct esp32x_register system_s3[] = {
    {0x00, 1, RW, 4, 7},            /* CORE_1_CONTROL_0 */
    {0x04, 1, RW, 0, ALL},          /* CORE_1_CONTROL_1 */
    {0x08, 1, RW, 0, 0xC0},         /* CPU_PERI_CLK_EN */
    {0x0C, 1, RW, 0xC0, 0xC0},      /* CPU_PERI_RST_EN */
    {0x10, 1, RW, 0xC, 0xFF},       /* CPU_PER_CONF */
    {0x18, 1, RW, 0xF9C1E06F, ALL}, /* PERIP_CLK_EN0 */
    {0x1C, 1, RW, 0x600, 0x7FF},
    {0x20, 1, RW, 0, ALL}, /* PERIP_RST_EN0 */
    {0x24, 1, RW, 0x1FE, 0x7FF},
    {0x30, 4, RW, 0, 1},     /* CPU_INTR_FROM_CPU_0..3 */
    {0x5C, 1, RW, 1, 1},     /* CLOCK_GATE */
    {0x60, 1, RW, 1, 0xFFF}, /* SYSCLK_CONF */
};

static const struct esp32x_register system_c3[] = {
    {0x00, 1, RW, 0, 0xC0},         /* CPU_PERI_CLK_EN */
    {0x04, 1, RW, 0xC0, 0xC0},      /* CPU_PERI_RST_EN */
    {0x08, 1, RW, 0xC, 0xFF},       /* CPU_PER_CONF */
    {0x10, 1, RW, 0xF9C1E06F, ALL}, /* PERIP_CLK_EN0 */
    {0x14, 1, RW, 0x200, 0x7FE},
    {0x18, 1, RW, 0, ALL}, /* PERIP_RST_EN0 */
    {0x1C, 1, RW, 0x1FE, 0x7FE},
    {0x28, 4, RW, 0, 1},     /* CPU_INTR_FROM_CPU_0..3 */
    {0x54, 1, RW, 1, 1},     /* CLOCK_GATE */
    {0x58, 1, RW, 1, 0xFFF}, /* SYSCLK_CONF */
};

/* SYSCLK_CONF and the ticks of its clocks, which nothing here counts. */
static const struct esp32x_register apb_ctrl_esp32[] = {
    {0x00, 1, RW, 0x2000, 0x3FFF},
    {0x04, 1, RW, 0x27, 0xFF},
    {0x08, 1, RW, 0x4F, 0xFF},
    {0x0C, 1, RW, 0x0B, 0xFF},
};

static const struct esp32x_register matrix_s2[] = {
    {0x00, 95, RW, 0x10, 0x1F},
    {0x17C, 3, R, 0, 0},
    {0x188, 1, RW, 1, 1},
};

static const struct esp32x_register matrix_s3[] = {
    {0x000, 99, RW, 0x10, 0x1F}, {0x18C, 4, R, 0, 0}, {0x19C, 1, RW, 1, 1},
    {0x800, 99, RW, 0x10, 0x1F}, {0x98C, 4, R, 0, 0}, {0x99C, 1, RW, 1, 1},
};

static const struct esp32x_register matrix_c3[] = {
    {0x00, 62, RW, 0, 0x1F}, {0xF8, 2, R, 0, 0},
    {0x100, 1, RW, 1, 1},    {0x104, 3, RW, 0, ALL}, /* CPU_INT_ENABLE, TYPE, CLEAR */
    {0x110, 1, R, 0, 0},                             /* CPU_INT_EIP_STATUS */
    {0x114, 32, RW, 0, 0xF},                         /* CPU_INT_PRI */
    {0x194, 1, RW, 0, 0xF},                          /* CPU_INT_THRESH */
};

/* ---- SYSTIMER, timer groups ------------------------------------------------------------------ */

static const struct esp32x_register systimer_s2[] = {
    {0x00, 1, RW, 0, 0x80000001},  /* CONF */
    {0x04, 1, W, 0, ALL},          /* LOAD */
    {0x08, 2, RW, 0, ALL},         /* LOAD_HI, LO */
    {0x10, 1, RW, 0x450, 0xFFFFF}, /* STEP */
    {0x14, 6, RW, 0, ALL},         /* TARGETn_HI, LO */
    {0x2C, 3, RW, 0, ALL},         /* TARGETn_CONF */
    {0x38, 1, RW, 0, 0},           /* UNIT0_OP */
    {0x3C, 2, R, 0, 0},            /* UNIT0_VALUE_HI, LO */
    {0x44, 1, RW, 0, 7},           /* INT_ENA */
    {0x48, 1, R, 0, 0},            /* INT_RAW */
    {0x4C, 1, W, 0, 7},            /* INT_CLR */
};

static const struct esp32x_register systimer[] = {
    {0x00, 1, RW, 0x46000000, 0xFFC00001}, /* CONF */
    {0x04, 2, RW, 0, 0},                   /* UNITn_OP */
    {0x0C, 1, RW, 0, 0xFFFFF},             /* UNITn_LOAD_HI, LO */
    {0x10, 1, RW, 0, ALL},
    {0x14, 1, RW, 0, 0xFFFFF},
    {0x18, 1, RW, 0, ALL},
    {0x1C, 1, RW, 0, 0xFFFFF}, /* TARGETn_HI, LO */
    {0x20, 1, RW, 0, ALL},
    {0x24, 1, RW, 0, 0xFFFFF},
    {0x28, 1, RW, 0, ALL},
    {0x2C, 1, RW, 0, 0xFFFFF},
    {0x30, 1, RW, 0, ALL},
    {0x34, 3, RW, 0, 0xC3FFFFFF}, /* TARGETn_CONF */
    {0x40, 4, R, 0, 0},           /* UNITn_VALUE_HI, LO */
    {0x50, 3, W, 0, 1},           /* COMPn_LOAD */
    {0x5C, 2, W, 0, 1},           /* UNITn_LOAD */
    {0x64, 1, RW, 0, 7},          /* INT_ENA */
    {0x68, 1, R, 0, 0},           /* INT_RAW */
    {0x6C, 1, W, 0, 7},           /* INT_CLR */
    {0x70, 1, R, 0, 0},           /* INT_ST */
};

/* T0, the watchdog, and interrupts at the end. */
#define TIMG(config, config0, interrupts)                                                     \
    {0x00, 1, RW, 0x60002000, config}, {0x04, 2, R, 0, 0}, {0x0C, 1, W, 0, ALL},              \
        {0x10, 4, RW, 0, ALL}, {0x20, 1, W, 0, ALL}, {0x48, 1, RW, 0x0004C000, config0},      \
        {0x4C, 1, RW, 0x00010000, 0xFFFF0000}, {0x50, 1, RW, 0x018CBA80, ALL},                \
        {0x54, 1, RW, 0x07FFFFFF, ALL}, {0x58, 2, RW, 0x000FFFFF, ALL}, {0x60, 1, W, 0, ALL}, \
        {0x64, 1, RW, 0, ALL}, {interrupts, 1, RW, 0, 0xF}, {(interrupts) + 4, 2, R, 0, 0},   \
    {                                                                                         \
        (interrupts) + 12, 1, W, 0, 0xF                                                       \
    }

static const struct esp32x_register timg_esp32[] = {TIMG(0xFFFFFC00, 0xFFFFC000, 0x98)};
static const struct esp32x_register timg_s2[] = {TIMG(0xFFFFFE00, 0xFFFFF000, 0x98)};
static const struct esp32x_register timg_s3[] = {TIMG(0xFFFFF600, 0xFF9FF000, 0x70)};
static const struct esp32x_register timg_c3[] = {TIMG(0xFFFFF600, 0xFFFFF000, 0x70)};

/* ---- RTC_CNTL -------------------------------------------------------------------------------- */

static const struct esp32x_register rtc_esp32[] = {
    {0x00, 1, RW, 0x1C492000, ALL}, /* OPTIONS0 */
    {0x18, 1, RW, 0x00300000, ALL}, {0x1C, 1, RW, 0x28140403, ALL},
    {0x30, 1, RW, 0x00800000, ALL}, {0x34, 1, RW, 0x00003041, 0x3000}, /* RESET_STATE */
    {0x3C, 1, RW, 0, ALL},          {0x40, 2, R, 0, 0},
    {0x48, 1, W, 0, ALL},           {0x4C, 4, RW, 0, ALL},
    {0x70, 1, RW, 0x00002210, ALL}, /* CLK_CONF */
    {0x78, 1, RW, 0, ALL},          {0x7C, 1, RW, 0x29002400, ALL},
    {0x84, 1, RW, 0x00155550, ALL}, {0x88, 1, RW, 0xAAAA5000, ALL},
    {0x8C, 1, RW, 0x00004C80, ALL}, /* WDTCONFIG0.. */
    {0x90, 1, RW, 0x0001F400, ALL}, {0x94, 1, RW, 0x00013880, ALL},
    {0x98, 2, RW, 0x00000FFF, ALL}, {0xA0, 1, W, 0, ALL},
    {0xA4, 1, RW, 0, ALL},          {0xAC, 1, RW, 0, 0xFFF00000}, /* SW_CPU_STALL */
    {0xB0, 4, RW, 0, ALL},          {0xD4, 1, RW, 0x13FF0000, ALL},
};

/* WDTCONFIG0.., SWD_CONF, SWD_WPROTECT, SW_CPU_STALL, STORE4..7 follow each other. */
#define RTC_WATCHDOGS(at)                                                             \
    {(at), 1, RW, 0x00013214, ALL}, {(at) + 0x04, 1, RW, 0x00030D40, ALL},            \
        {(at) + 0x08, 1, RW, 0x00013880, ALL}, {(at) + 0x0C, 2, RW, 0x00000FFF, ALL}, \
        {(at) + 0x14, 1, W, 0, ALL}, {(at) + 0x18, 1, RW, 0, ALL},                    \
        {(at) + 0x1C, 1, RW, 0x04B00000, 0xFFFE0000}, {(at) + 0x20, 1, RW, 0, ALL},   \
        {(at) + 0x24, 1, RW, 0, 0xFFF00000},                                          \
    {                                                                                 \
        (at) + 0x28, 4, RW, 0, ALL                                                    \
    }

/* OPTIONS0 to STORE3. */
#define RTC_BEGINNING(options, analog)                                                        \
    {0x00, 1, RW, options, ALL}, {0x18, 1, RW, 0, ALL}, {0x1C, 1, RW, 0x28140403, ALL},       \
        {0x34, 1, RW, analog, ALL}, {0x38, 1, RW, 0x00003041, 0x3000}, {0x40, 1, RW, 0, ALL}, \
        {0x44, 2, R, 0, 0}, {0x4C, 1, W, 0, ALL},                                             \
    {                                                                                         \
        0x50, 4, RW, 0, ALL                                                                   \
    }

static const struct esp32x_register rtc_s2[] = {
    RTC_BEGINNING(0x1C002000, 0x00A40000), {0x74, 1, RW, 0x01583218, ALL},
    {0x78, 1, RW, 0x00400000, ALL},        {0x80, 1, RW, 0x00010800, ALL},
    {0x84, 1, RW, 0xA9002400, ALL},        {0x8C, 1, RW, 0x00555550, ALL},
    {0x90, 1, RW, 0xAAAA5000, ALL},        RTC_WATCHDOGS(0x94),
    {0xE4, 1, RW, 0x03FF2FF1, ALL},
};

static const struct esp32x_register rtc_s3[] = {
    RTC_BEGINNING(0x1C00A000, 0x00440000),
    {0x74, 1, RW, 0x1158321C, ALL},
    {0x78, 1, RW, 0x00400000, ALL},
    {0x80, 1, RW, 0x00010800, ALL},
    {0x84, 1, RW, 0xA0000000, ALL},
    {0x8C, 1, RW, 0, ALL},
    {0x90, 1, RW, 0x00545010, ALL},
    {0x94, 1, RW, 0xAA805080, ALL},
    RTC_WATCHDOGS(0x98),
    {0xE8, 1, RW, 0x43FF0010, ALL},
};

static const struct esp32x_register rtc_c3[] = {
    RTC_BEGINNING(0x1C00A000, 0x00C40000), {0x70, 1, RW, 0x11583218, ALL},
    {0x74, 1, RW, 0x00400000, ALL},        {0x7C, 1, RW, 0x00010800, ALL},
    {0x80, 1, RW, 0xA0000000, ALL},        {0x88, 1, RW, 0x00555010, ALL},
    {0x8C, 1, RW, 0xAA805080, ALL},        RTC_WATCHDOGS(0x90),
    {0xD8, 1, RW, 0x43FF0010, ALL},
};

/* ---- DEDICATED_GPIO of the S2 ---------------------------------------------------------------- */

static const struct esp32x_register dedicated_s2[] = {
    {0x00, 1, W, 0, 0xFF},  /* OUT_DRT */
    {0x0C, 1, R, 0, 0},     /* OUT_SCAN */
    {0x10, 1, RW, 0, 0xFF}, /* OUT_CPU */
    {0x18, 1, R, 0, 0},     /* IN_SCAN */
};

/* ---- the bus to analog blocks ---------------------------------------------------------------- */

static const struct esp32x_register analog[] = {
    {0x00, 8, RW, 0, ALL},          /* a controller each */
    {0x40, 1, RW, 0, ALL},          /* ANA_CONF0 */
    {0x44, 1, RW, 0x0003FF00, ALL}, /* ANA_CONFIG */
    {0x48, 1, RW, 0, ALL},          /* ANA_CONFIG2 */
};

static const struct esp32x_register syscon_s2[] = {
    {0x90, 1, RW, 0xFFFCE030 & ~0x40000u, ALL}, /* WIFI_CLK_EN, without the bus' clock */
};

/* ---- where they are -------------------------------------------------------------------------- */

const struct esp32x_block esp32x_blocks_of_esp32[] = {
    {ESP32X_GPIO, 0x3FF44000, ROWS(gpio_esp32), &esp32x_gpio_block, ESP32X_ALWAYS},
    {ESP32X_IO_MUX, 0x3FF49000, ROWS(mux_esp32), NULL, ESP32X_ALWAYS},
    {ESP32X_RTC_IO, 0x3FF48400, ROWS(rtc_io_esp32), NULL, ESP32X_ALWAYS},
    {ESP32X_SYSTEM, 0x3FF00000, ROWS(dport), &esp32x_system_block, ESP32X_ALWAYS},
    {ESP32X_APB_CTRL, 0x3FF66000, ROWS(apb_ctrl_esp32), &esp32x_system_block, ESP32X_ALWAYS},
    {ESP32X_TIMG0, 0x3FF5F000, ROWS(timg_esp32), &esp32x_timg_block, GATE_TIMG0},
    {ESP32X_TIMG1, 0x3FF60000, ROWS(timg_esp32), &esp32x_timg_block, GATE_TIMG1},
    {ESP32X_RTC_CNTL, 0x3FF48000, ROWS(rtc_esp32), &esp32x_rtc_block, ESP32X_ALWAYS},
    {ESP32X_ANALOG, 0x6000E000, ROWS(analog), &esp32x_analog_block, ESP32X_ALWAYS},
    {0},
};

const struct esp32x_block esp32x_blocks_of_esp32s2[] = {
    {ESP32X_GPIO, 0x3F404000, ROWS(gpio_s2_s3), &esp32x_gpio_block, ESP32X_ALWAYS},
    {ESP32X_IO_MUX, 0x3F409000, ROWS(mux_s2), NULL, ESP32X_ALWAYS},
    {ESP32X_SYSTEM, 0x3F4C0000, ROWS(system_s2), &esp32x_system_block, ESP32X_ALWAYS},
    {ESP32X_INTERRUPT, 0x3F4C2000, ROWS(matrix_s2), &esp32x_matrix_block, ESP32X_ALWAYS},
    {ESP32X_SYSTIMER, 0x3F423000, ROWS(systimer_s2), &esp32x_systimer_s2_block, GATE_SYSTIMER},
    {ESP32X_TIMG0, 0x3F41F000, ROWS(timg_s2), &esp32x_timg_block, GATE_TIMG0},
    {ESP32X_TIMG1, 0x3F420000, ROWS(timg_s2), &esp32x_timg_block, GATE_TIMG1},
    {ESP32X_RTC_CNTL, 0x3F408000, ROWS(rtc_s2), &esp32x_rtc_block, ESP32X_ALWAYS},
    {ESP32X_ANALOG, 0x6000E000, ROWS(analog), &esp32x_analog_block, ESP32X_ALWAYS},
    {ESP32X_APB_CTRL, 0x3F426000, ROWS(syscon_s2), NULL, ESP32X_ALWAYS},
    {ESP32X_DEDICATED_GPIO, 0x3F4CF000, ROWS(dedicated_s2), &esp32x_cpu_gpio_block,
     ESP32X_CPU_GATE},
    {0},
};

const struct esp32x_block esp32x_blocks_of_esp32s3[] = {
    {ESP32X_GPIO, 0x60004000, ROWS(gpio_s2_s3), &esp32x_gpio_block, ESP32X_ALWAYS},
    {ESP32X_IO_MUX, 0x60009000, ROWS(mux_s3), NULL, ESP32X_ALWAYS},
    {ESP32X_SYSTEM, 0x600C0000, ROWS(system_s3), &esp32x_system_block, ESP32X_ALWAYS},
    {ESP32X_INTERRUPT, 0x600C2000, ROWS(matrix_s3), &esp32x_matrix_block, ESP32X_ALWAYS},
    {ESP32X_SYSTIMER, 0x60023000, ROWS(systimer), &esp32x_systimer_block, GATE_SYSTIMER},
    {ESP32X_TIMG0, 0x6001F000, ROWS(timg_s3), &esp32x_timg_block, GATE_TIMG0},
    {ESP32X_TIMG1, 0x60020000, ROWS(timg_s3), &esp32x_timg_block, GATE_TIMG1},
    {ESP32X_RTC_CNTL, 0x60008000, ROWS(rtc_s3), &esp32x_rtc_block, ESP32X_ALWAYS},
    {ESP32X_ANALOG, 0x6000E000, ROWS(analog), &esp32x_analog_block, ESP32X_ALWAYS},
    {0},
};

const struct esp32x_block esp32x_blocks_of_esp32c3[] = {
    {ESP32X_GPIO, 0x60004000, ROWS(gpio_c3), &esp32x_gpio_block, ESP32X_ALWAYS},
    {ESP32X_IO_MUX, 0x60009000, ROWS(mux_c3), NULL, ESP32X_ALWAYS},
    {ESP32X_SYSTEM, 0x600C0000, ROWS(system_c3), &esp32x_system_block, ESP32X_ALWAYS},
    {ESP32X_INTERRUPT, 0x600C2000, ROWS(matrix_c3), &esp32x_matrix_block, ESP32X_ALWAYS},
    {ESP32X_SYSTIMER, 0x60023000, ROWS(systimer), &esp32x_systimer_block, GATE_SYSTIMER},
    {ESP32X_TIMG0, 0x6001F000, ROWS(timg_c3), &esp32x_timg_block, GATE_TIMG0},
    {ESP32X_TIMG1, 0x60020000, ROWS(timg_c3), &esp32x_timg_block, GATE_TIMG1},
    {ESP32X_RTC_CNTL, 0x60008000, ROWS(rtc_c3), &esp32x_rtc_block, ESP32X_ALWAYS},
    {ESP32X_ANALOG, 0x6000E000, ROWS(analog), &esp32x_analog_block, ESP32X_ALWAYS},
    {0},
};
