/* SPDX-License-Identifier: MIT */
/* What is alike on each chip, with a firmware that knows nothing of us. */
#include "cpu.h"
#include "machine.h"
#include "waiting.h"

int i2ctarget_mp_wait(const struct i2ctarget_port_ops *port, void *instance, int64_t until_us)
{
    enum { SLICE_US = 1000 };
    return i2ctarget_mp_wait_a_slice(port, instance, until_us, SLICE_US);
}

/* time.sleep_ms(0) looks for events, and then does not sleep. */
const mp_int_t i2ctarget_vm_turn_ms = 0;

/* The table of a loaded module has no scheduler. */
void i2ctarget_mp_schedule(void)
{
}

/* There are none: poll() asks the target itself. */
int i2ctarget_mp_descriptor(struct i2ctarget *target)
{
    (void)target;
    return -MP_EOPNOTSUPP;
}

mp_uint_t i2ctarget_vm_begin_atomic(void)
{
    return cpu_irq_save();
}

void i2ctarget_vm_end_atomic(mp_uint_t state)
{
    cpu_irq_restore(state);
}
