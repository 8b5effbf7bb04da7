/* SPDX-License-Identifier: MIT */
/*
 * For instructions that the assembler does not know: the number of a register that the compiler has
 * chosen.  An operand `%0` is written out as the register's name, so `.Lcpu_%0` is its number.
 */
#ifndef CPU_REGISTER_H
#define CPU_REGISTER_H

/* clang-format off */
__asm(".set .Lcpu_a0, 0\n\t.set .Lcpu_sp, 1\n\t.set .Lcpu_a1, 1\n\t.set .Lcpu_a2, 2\n\t"
      ".set .Lcpu_a3, 3\n\t.set .Lcpu_a4, 4\n\t.set .Lcpu_a5, 5\n\t.set .Lcpu_a6, 6\n\t"
      ".set .Lcpu_a7, 7\n\t.set .Lcpu_a8, 8\n\t.set .Lcpu_a9, 9\n\t.set .Lcpu_a10, 10\n\t"
      ".set .Lcpu_a11, 11\n\t.set .Lcpu_a12, 12\n\t.set .Lcpu_a13, 13\n\t.set .Lcpu_a14, 14\n\t"
      ".set .Lcpu_a15, 15");
/* clang-format on */

#endif
