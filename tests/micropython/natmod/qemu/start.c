/* SPDX-License-Identifier: MIT */
/* What MicroPython's port for QEMU lacks for these boards. */
#include <stdint.h>

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);
uint64_t mp_hal_time_ns(void);

/* Its start-up code knows no FPU, which is off after a reset (ARMv7-M Architecture Reference Manual §B3.2.20). */
static void enable_fpu(void)
{
#ifdef __ARM_FP
    *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20;
    __asm volatile("dsb\n isb");
#endif
}

int __wrap_main(int argc, char **argv)
{
    enable_fpu();
    return __real_main(argc, argv);
}

/* There is no clock: files have no dates. */
uint64_t mp_hal_time_ns(void)
{
    return 0;
}
