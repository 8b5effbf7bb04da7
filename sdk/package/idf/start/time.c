/* SPDX-License-Identifier: MIT */
/*
 * The port's clock under ESP-IDF: a general purpose timer, whose interrupt comes on the core that has
 * registered its callback.  It is made once, and goes on when the last target is closed.
 */
#include "esp32/time.h"

#include "driver/gptimer.h"
#include "i2ctarget/esp32.h"
#include "i2ctarget/port.h"
#include "timer.h"

enum { RESOLUTION_HZ = 1000000 };

static gptimer_handle_t timer;

static bool on_alarm(gptimer_handle_t alarmed, const gptimer_alarm_event_data_t *event,
                     void *unused)
{
    (void)alarmed;
    (void)event;
    (void)unused;
    i2ctarget_esp32_timer_irq();
    return false; /* sending the event has asked for a switch of tasks, if one is due */
}

bool i2ctarget_esp_idf_make_timer(void)
{
    static const gptimer_event_callbacks_t callbacks = {.on_alarm = on_alarm};
    const gptimer_config_t config = {
        .clk_src = GPTIMER_CLK_SRC_DEFAULT,
        .direction = GPTIMER_COUNT_UP,
        .resolution_hz = RESOLUTION_HZ,
    };
    return gptimer_new_timer(&config, &timer) == ESP_OK &&
           gptimer_register_event_callbacks(timer, &callbacks, NULL) == ESP_OK &&
           gptimer_enable(timer) == ESP_OK && gptimer_start(timer) == ESP_OK;
}

/* It runs already: a driver is not made while interrupts are masked. */
void i2ctarget_esp32_time_begin(void)
{
    i2ctarget_esp32_time_set_alarm(I2CTARGET_FOREVER);
}

void i2ctarget_esp32_time_end(void)
{
    i2ctarget_esp32_time_set_alarm(I2CTARGET_FOREVER);
}

int64_t i2ctarget_esp32_time_us(void)
{
    uint64_t us = 0;
    ESP_ERROR_CHECK(gptimer_get_raw_count(timer, &us));
    return (int64_t)us;
}

/* The driver fires an alarm that is past at once, so a late one needs no second try. */
void i2ctarget_esp32_time_set_alarm(int64_t at_us)
{
    const gptimer_alarm_config_t alarm = {.alarm_count = (uint64_t)at_us};
    ESP_ERROR_CHECK(gptimer_set_alarm_action(timer, at_us == I2CTARGET_FOREVER ? NULL : &alarm));
}

void i2ctarget_esp32_time_acknowledge(void)
{
    i2ctarget_esp32_time_set_alarm(I2CTARGET_FOREVER);
}
