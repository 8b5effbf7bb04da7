/* SPDX-License-Identifier: MIT */
/*
 * Marks are kept in pages.  A page is made when one of its descriptors is first marked, and is
 * never freed.  There are no locks, and memory comes from mmap(), because read() and close() may be
 * called in signal handlers.
 */
#include "shim/marks.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

/* 2^20 is the kernel's own limit (fs.nr_open), unless the administrator raised it. */
enum { PAGE_MARKS = 256, PAGES = 1 << 20 >> 8 };

struct slot {
    _Atomic uint64_t cookie; /* 0: no mark */
    _Atomic uint32_t rest;   /* bus << 8 | access */
};

static _Atomic(struct slot *) pages[PAGES];

static struct slot *slot_of(int fd)
{
    unsigned page = (unsigned)fd / PAGE_MARKS;
    if (fd < 0 || page >= PAGES)
        return NULL;
    struct slot *slots = atomic_load_explicit(&pages[page], memory_order_acquire);
    return slots ? slots + (unsigned)fd % PAGE_MARKS : NULL;
}

static void make_page(int fd)
{
    size_t size = PAGE_MARKS * sizeof(struct slot);
    struct slot *none = NULL;
    struct slot *slots =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slots != MAP_FAILED &&
        !atomic_compare_exchange_strong(&pages[(unsigned)fd / PAGE_MARKS], &none, slots))
        munmap(slots, size); /* another thread was faster */
}

bool marks_set(int fd, const struct mark *mark)
{
    struct slot *slot = slot_of(fd);
    if (!slot && fd >= 0 && (unsigned)fd / PAGE_MARKS < PAGES) {
        make_page(fd);
        slot = slot_of(fd);
    }
    if (!slot)
        return false;
    atomic_store_explicit(&slot->rest, (uint32_t)mark->bus << 8 | mark->access,
                          memory_order_relaxed);
    atomic_store_explicit(&slot->cookie, mark->cookie, memory_order_release);
    return true;
}

bool marks_get(int fd, struct mark *mark)
{
    struct slot *slot = slot_of(fd);
    mark->cookie = slot ? atomic_load_explicit(&slot->cookie, memory_order_acquire) : 0;
    if (mark->cookie == 0)
        return false;
    uint32_t rest = atomic_load_explicit(&slot->rest, memory_order_relaxed);
    mark->bus = (uint16_t)(rest >> 8);
    mark->access = (uint8_t)rest;
    return true;
}

void marks_clear(int fd)
{
    struct slot *slot = slot_of(fd);
    if (slot)
        atomic_store_explicit(&slot->cookie, 0, memory_order_relaxed);
}
