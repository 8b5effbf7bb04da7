// SPDX-License-Identifier: MIT
// Sixteen registers at address 0x40, on a board with the RP2040.  SCL is GPIO 5, SDA is GPIO 4; the bus needs pull-ups.
//
//     i2cget -y 1 0x40 0x01           write the register's number, then read it
//     i2cset -y 1 0x40 0x01 0xaa      write the number, then the value
//
// Use a core that is made of the pico-sdk.
#include <i2ctarget.h>

#ifndef ARDUINO_ARCH_RP2040
#error "i2ctarget serves the pins of the RP2040 only"
#endif
#include <hardware/clocks.h>
#include <hardware/irq.h>
#include <hardware/pio.h>
#include <hardware/timer.h>

static i2ctarget target;
static uint8_t registers[16];
static uint8_t selected;

static int onWrite(i2ctarget_request *request)
{
    uint8_t byte;
    int count = i2ctarget_read(request, &byte, 1, true);
    if (count != 1 || byte >= sizeof registers)
        return count; // i2ctarget_close() refuses the rest
    selected = byte;
    count = i2ctarget_read(request, &byte, 1, true);
    if (count == 1)
        registers[selected] = byte;
    return count;
}

void setup()
{
    static const uint8_t addresses[] = {0x40};
    Serial.begin(115200);
    i2ctarget_rp2040_config config = {clock_get_hz(clk_sys), 0};
    hardware_alarm_claim(0); // the SDK's own timers use alarm 3
    pio_claim_sm_mask(pio0, 0xF);
    irq_set_exclusive_handler(PIO0_IRQ_0, i2ctarget_rp2040_pio0_irq);
    irq_set_exclusive_handler(TIMER_IRQ_0, i2ctarget_rp2040_alarm_irq);
    int error = i2ctarget_rp2040_configure(&config);
    if (!error)
        error = i2ctarget_init(&target, I2CTARGET_RP2040_PIO_GPIO(I2CTARGET_RP2040_PIO0, 5),
                               I2CTARGET_RP2040_PIO_GPIO(I2CTARGET_RP2040_PIO0, 4), addresses, 1, false);
    if (error) {
        Serial.print("i2ctarget: error ");
        Serial.println(error);
    }
}

// SCL is held until the sketch has answered, so other work in loop() may take a while.
void loop()
{
    i2ctarget_request request;
    if (i2ctarget_next_request(&target, &request, -1) != 1)
        return;
    int count = request.is_read ? i2ctarget_write(&request, &registers[selected], 1) : onWrite(&request);
    i2ctarget_close(&request);
    if (count < 0) // a fault of the bus; the next request is served as usual
        Serial.println(count);
}
