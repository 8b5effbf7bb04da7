/* SPDX-License-Identifier: MIT */
#include "remote/roster.h"

#include <pthread.h>

static struct roster_entry *entries;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

bool i2ctarget_roster_enter(struct roster_entry *entry, unsigned bus)
{
    bool is_taken = false;
    pthread_mutex_lock(&lock);
    for (const struct roster_entry *other = entries; other; other = other->next)
        is_taken = is_taken || other->bus == bus;
    if (!is_taken) {
        *entry = (struct roster_entry){.bus = bus, .next = entries};
        entries = entry;
    }
    pthread_mutex_unlock(&lock);
    return !is_taken;
}

void i2ctarget_roster_strike(struct roster_entry *entry)
{
    pthread_mutex_lock(&lock);
    struct roster_entry **at = &entries;
    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    pthread_mutex_unlock(&lock);
}
