/* SPDX-License-Identifier: MIT */
/* Answers with a sum of all that must be there when main() begins. */
#include "answer.h"

static volatile uint8_t initialised = 1;
static volatile uint8_t zeroed;
static const volatile uint8_t constant = 2;
__attribute__((section(".flash.table"))) static const volatile uint8_t in_flash[2] = {0, 4};
/* For functions that the compiler calls. */
static volatile int64_t dividend = -0x700000007, divisor = 7;
static volatile uint64_t factor = 0x100000001;

static bool can_calculate(void)
{
    int64_t quotient = dividend / divisor;
    return quotient == -0x100000001 && (uint64_t)quotient * factor == 0xFFFFFFFDFFFFFFFF &&
           dividend % (divisor + 1) == -7 && (uint32_t)dividend / 1000u == 4294967;
}

int main(void)
{
    unsigned sum = initialised + zeroed + constant + in_flash[1];
    return answer((uint8_t)(sum + (can_calculate() ? 8 : 0)));
}
