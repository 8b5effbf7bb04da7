/* SPDX-License-Identifier: MIT */
#include "link/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "link/protocol.h"

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "two processes share the word");

enum { CLOSED = 4 /* in the word: the target can not go through any more */ };

static uint32_t word_of(uint32_t number, enum claim_answer answer)
{
    return number << 3 | answer;
}

/* The number of the hold at which the server is still going to look; 0: none. */
static _Atomic uint32_t *looks_of(const struct claim *claim)
{
    return claim->word + 1;
}

static uint32_t before(uint32_t number)
{
    return number > 1 ? number - 1 : CLAIM_NUMBER_MAX;
}

/* May the target answer this hold? */
static bool is_open_to(uint32_t word, uint32_t number)
{
    word &= ~(uint32_t)CLOSED;
    return word == word_of(number, CLAIM_NONE) || word == word_of(before(number), CLAIM_THROUGH);
}

/* The word may be about the next hold already: then this one was gone through. */
static enum claim_answer answer_in(uint32_t word, uint32_t number)
{
    if (word >> 3 == number)
        return (enum claim_answer)(word & 3);
    return word >> 3 == i2ctarget_claim_next(number) ? CLAIM_THROUGH : CLAIM_NONE;
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

static uint32_t close_hold(struct claim *claim)
{
    return atomic_fetch_or(claim->word, CLOSED) | CLOSED;
}

/* An answer stays in the word, because the target may go on from it. */
enum claim_answer i2ctarget_claim_withdraw(struct claim *claim, uint32_t number)
{
    uint32_t offered = close_hold(claim);
    if (answer_in(offered, number) == CLAIM_NONE)
        atomic_compare_exchange_strong(claim->word, &offered, 0);
    return answer_in(offered, number);
}

enum claim_answer i2ctarget_claim_close_hold(struct claim *claim, uint32_t number)
{
    return answer_in(close_hold(claim), number);
}

enum claim_answer i2ctarget_claim_look(struct claim *claim, uint32_t number)
{
    atomic_store(looks_of(claim), 0);
    return i2ctarget_claim_close_hold(claim, number);
}

void i2ctarget_claim_follow(struct claim *claim, uint32_t number)
{
    atomic_store(looks_of(claim), number);
    uint32_t word = atomic_load(claim->word);
    if ((word & ~(uint32_t)CLOSED) == word_of(before(number), CLAIM_THROUGH))
        atomic_compare_exchange_strong(claim->word, &word, word_of(number, CLAIM_NONE));
}

void i2ctarget_claim_clear(struct claim *claim)
{
    atomic_store(claim->word, 0);
}

bool i2ctarget_claim_is_offered(const struct claim *claim, uint32_t number)
{
    return is_open_to(atomic_load(claim->word), number);
}

/* Meanwhile the server may close the hold, or offer the one to which the target has gone. */
bool i2ctarget_claim_take(struct claim *claim, uint32_t number, enum claim_answer answer)
{
    uint32_t word = atomic_load(claim->word);
    while (is_open_to(word, number)) {
        if (atomic_compare_exchange_weak(claim->word, &word,
                                         word_of(number, answer) | (word & CLOSED)))
            return true;
    }
    return false;
}

bool i2ctarget_claim_go_through(struct claim *claim, uint32_t number)
{
    uint32_t accepted = word_of(number, CLAIM_ACK);
    return atomic_compare_exchange_strong(claim->word, &accepted, word_of(number, CLAIM_THROUGH));
}

/* A look at the hold before, which the target has gone through, is one at this hold, too. */
bool i2ctarget_claim_is_looked_for(const struct claim *claim, uint32_t number)
{
    uint32_t looks = atomic_load(looks_of(claim));
    return looks == number || looks == before(number);
}
