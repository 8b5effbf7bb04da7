/* SPDX-License-Identifier: MIT */
#include "link/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "link/protocol.h"

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "two processes share the word");

static uint32_t word_of(uint32_t number, enum claim_answer answer)
{
    return number << 2 | answer;
}

/* The number of the hold at which the server is still going to look; 0: none. */
static _Atomic uint32_t *looks_of(const struct claim *claim)
{
    return claim->word + 1;
}

static enum claim_answer answer_in(uint32_t word, uint32_t number)
{
    if (word == word_of(number, CLAIM_ACK))
        return CLAIM_ACK;
    return word == word_of(number, CLAIM_NACK) ? CLAIM_NACK : CLAIM_NONE;
}

int i2ctarget_claim_join(struct claim *claim, int fd)
{
    void *memory = mmap(NULL, PROTOCOL_CLAIM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return -errno;
    claim->word = memory;
    return 0;
}

int i2ctarget_claim_create(struct claim *claim, int *fd)
{
    *fd = memfd_create("i2ctarget-claim", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (*fd < 0)
        return -errno;
    /* If the peer could shorten the file, the server would get SIGBUS. */
    int error = 0;
    if (ftruncate(*fd, PROTOCOL_CLAIM_BYTES) < 0 ||
        fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
        error = -errno;
    else
        error = i2ctarget_claim_join(claim, *fd);
    if (error)
        close(*fd);
    return error;
}

void i2ctarget_claim_close(struct claim *claim)
{
    if (claim->word)
        munmap((void *)claim->word, PROTOCOL_CLAIM_BYTES);
    claim->word = NULL;
}

void i2ctarget_claim_offer(struct claim *claim, uint32_t number, bool looks)
{
    atomic_store(looks_of(claim), looks ? number : 0);
    atomic_store(claim->word, word_of(number, CLAIM_NONE));
}

enum claim_answer i2ctarget_claim_withdraw(struct claim *claim, uint32_t number)
{
    return answer_in(atomic_exchange(claim->word, 0), number);
}

enum claim_answer i2ctarget_claim_look(struct claim *claim, uint32_t number)
{
    atomic_store(looks_of(claim), 0);
    return answer_in(atomic_load(claim->word), number);
}

void i2ctarget_claim_clear(struct claim *claim)
{
    atomic_store(claim->word, 0);
}

bool i2ctarget_claim_is_offered(const struct claim *claim, uint32_t number)
{
    return atomic_load(claim->word) == word_of(number, CLAIM_NONE);
}

bool i2ctarget_claim_take(struct claim *claim, uint32_t number, enum claim_answer answer)
{
    uint32_t offered = word_of(number, CLAIM_NONE);
    return atomic_compare_exchange_strong(claim->word, &offered, word_of(number, answer));
}

bool i2ctarget_claim_is_looked_for(const struct claim *claim, uint32_t number)
{
    return atomic_load(looks_of(claim)) == number;
}
