/* SPDX-License-Identifier: MIT */
/*
 * The CSRs of an ESP32-C3's core (technical reference manual §1.4); those of a chip beside it are
 * struct riscv_chip's.
 */
#ifndef RISCV_CSR_H
#define RISCV_CSR_H

#include <stdbool.h>
#include <stdint.h>

struct riscv;

enum { CSR_PMP_CONFIGS = 4, CSR_PMP_ADDRESSES = 16 };

struct csrs {
    uint32_t mscratch;
    /* Physical memory protection: what was written.  It protects nothing. */
    uint32_t pmp_configs[CSR_PMP_CONFIGS], pmp_addresses[CSR_PMP_ADDRESSES];
    /* The performance counter: what it counts, whether, and since when it is how much. */
    uint32_t count_events, count_mode, count;
    uint64_t count_since;
};

/* False: there is no such CSR, or not for this mode; a store: or it is read-only. */
bool csr_load(struct riscv *core, unsigned number, uint32_t *value);
bool csr_store(struct riscv *core, unsigned number, uint32_t value);

#endif
