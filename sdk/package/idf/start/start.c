/* SPDX-License-Identifier: MIT */
#include "i2ctarget/esp_idf.h"

#include "cpu.h"
#include "esp_intr_alloc.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "soc/interrupts.h"
#include "timer.h"

enum { STACK_BYTES = 4096, MHZ = 1000000 };

static SemaphoreHandle_t event;
static TaskHandle_t starter;
static void (*serve_with)(void *argument);
static bool is_connected;

void i2ctarget_esp_idf_send_event(void)
{
    BaseType_t must_switch = pdFALSE;
    xSemaphoreGiveFromISR(event, &must_switch);
    portYIELD_FROM_ISR(must_switch);
}

void i2ctarget_esp_idf_wait_for_event(void)
{
    (void)xSemaphoreTake(event, 1);
}

static void on_gpio(void *unused)
{
    (void)unused;
    i2ctarget_esp32_gpio_irq();
}

/* On the core that serves: an interrupt belongs to the core that allocates it. */
static bool connect(void)
{
    const int flags = ESP_INTR_FLAG_SHARED | ESP_INTR_FLAG_LEVEL3 | ESP_INTR_FLAG_IRAM;
    const struct i2ctarget_esp32_config config = {
        .cpu_hz = CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ * MHZ,
    };
    return esp_intr_alloc(ETS_GPIO_INTR_SOURCE, flags, on_gpio, &event, NULL) == ESP_OK &&
           i2ctarget_esp_idf_make_timer() && i2ctarget_esp32_configure(&config) == 0;
}

static void run(void *argument)
{
    is_connected = connect();
    xTaskNotifyGive(starter);
    if (is_connected)
        serve_with(argument);
    vTaskDelete(NULL);
}

int i2ctarget_esp_idf_start(void (*serve)(void *argument), void *argument)
{
    starter = xTaskGetCurrentTaskHandle();
    serve_with = serve;
    event = xSemaphoreCreateBinary();
    if (!event ||
        xTaskCreatePinnedToCore(run, "i2ctarget", STACK_BYTES, argument, CONFIG_I2CTARGET_PRIORITY,
                                NULL, CONFIG_I2CTARGET_CORE) != pdPASS)
        return -I2CTARGET_EBUSY;
    ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    return is_connected ? 0 : -I2CTARGET_EBUSY;
}
