/* SPDX-License-Identifier: MIT */

int main(void)
{
    static const uint8_t addresses[] = {0x40, 0x41};
    struct i2ctarget target;
    SNIPPET
    return 0;
}
