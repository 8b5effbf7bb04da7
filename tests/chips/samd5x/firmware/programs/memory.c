/* SPDX-License-Identifier: MIT */
/* Answers with a sum of all that must be there when main() begins. */
#include "answer.h"

static volatile uint8_t initialised = 1;
static volatile uint8_t zeroed;
static const volatile uint8_t constant = 2;
__attribute__((section(".flash.table"))) static const volatile uint8_t in_flash[2] = {0, 4};
static volatile float quotient = 112.0f, divisor = 14.0f;

int main(void)
{
    quotient /= divisor;
    return answer((uint8_t)(initialised + zeroed + constant + in_flash[1] + (int)quotient));
}
