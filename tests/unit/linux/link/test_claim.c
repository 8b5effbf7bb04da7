/* SPDX-License-Identifier: MIT */
/* The word that two processes share: of an offer, an answer and a withdrawal, the first one counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link/claim.h"
#include "link/protocol.h"

struct ends {
    struct claim server, target;
};

static struct ends ends;

static int open_ends(void **state)
{
    int fd;
    if (i2ctarget_claim_create(&ends.server, &fd) != 0 ||
        i2ctarget_claim_join(&ends.target, fd) != 0)
        return -1;
    *state = &ends;
    return close(fd);
}

static int close_ends(void **state)
{
    (void)state;
    i2ctarget_claim_close(&ends.server);
    i2ctarget_claim_close(&ends.target);
    return 0;
}

static void an_answer_in_time(void **state)
{
    const enum claim_answer answers[] = {CLAIM_ACK, CLAIM_NACK};
    const uint32_t numbers[] = {1, 2, 0x10000000, CLAIM_NUMBER_MAX};
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        uint32_t number = numbers[i / 2];
        i2ctarget_claim_offer(&ends.server, number, false);
        assert_true(i2ctarget_claim_take(&ends.target, number, answers[i % 2]));
        assert_false(i2ctarget_claim_take(&ends.target, number, answers[i % 2])); /* once */
        assert_int_equal(i2ctarget_claim_withdraw(&ends.server, number), answers[i % 2]);
        assert_int_equal(i2ctarget_claim_withdraw(&ends.server, number % 3 + 4), CLAIM_NONE);
    }
}

/* A target that still sees its hold need not look for news. */
static void an_offer_that_stands(void **state)
{
    (void)state;
    i2ctarget_claim_offer(&ends.server, 7, false);
    assert_true(i2ctarget_claim_is_offered(&ends.target, 7));
    assert_false(i2ctarget_claim_is_offered(&ends.target, 6));
    i2ctarget_claim_offer(&ends.server, 8, false);
    assert_false(i2ctarget_claim_is_offered(&ends.target, 7));
    i2ctarget_claim_clear(&ends.server);
    assert_false(i2ctarget_claim_is_offered(&ends.target, 8));
    i2ctarget_claim_offer(&ends.server, 9, false);
    assert_true(i2ctarget_claim_take(&ends.target, 9, CLAIM_ACK));
    assert_false(i2ctarget_claim_is_offered(&ends.target, 9));
}

static void an_answer_that_is_late(void **state)
{
    (void)state;
    i2ctarget_claim_offer(&ends.server, 7, false);
    assert_int_equal(i2ctarget_claim_withdraw(&ends.server, 7), CLAIM_NONE);
    assert_false(i2ctarget_claim_take(&ends.target, 7, CLAIM_ACK));
    i2ctarget_claim_offer(&ends.server, 8, false);
    assert_false(i2ctarget_claim_take(&ends.target, 7, CLAIM_ACK));
    assert_true(i2ctarget_claim_take(&ends.target, 8, CLAIM_NACK));
}

/* The server is going to look, and the target need not send. */
static void an_answer_before_the_look(void **state)
{
    const enum claim_answer answers[] = {CLAIM_ACK, CLAIM_NACK};
    (void)state;
    for (uint32_t number = 7; number <= 8; number++) {
        i2ctarget_claim_offer(&ends.server, number, true);
        assert_true(i2ctarget_claim_is_looked_for(&ends.target, number));
        assert_false(i2ctarget_claim_is_looked_for(&ends.target, number - 1));
        assert_true(i2ctarget_claim_take(&ends.target, number, answers[number - 7]));
        assert_true(i2ctarget_claim_is_looked_for(&ends.target, number));
        assert_int_equal(i2ctarget_claim_look(&ends.server, number), answers[number - 7]);
        assert_int_equal(i2ctarget_claim_look(&ends.server, number + 1), CLAIM_NONE);
    }
}

/* The server has looked, or never will: the target must send. */
static void an_answer_after_the_look(void **state)
{
    (void)state;
    i2ctarget_claim_offer(&ends.server, 7, true);
    assert_int_equal(i2ctarget_claim_look(&ends.server, 7), CLAIM_NONE);
    assert_true(i2ctarget_claim_is_offered(&ends.target, 7));
    assert_true(i2ctarget_claim_take(&ends.target, 7, CLAIM_ACK));
    assert_false(i2ctarget_claim_is_looked_for(&ends.target, 7));
    assert_int_equal(i2ctarget_claim_withdraw(&ends.server, 7), CLAIM_ACK);
    i2ctarget_claim_offer(&ends.server, 8, true);
    i2ctarget_claim_offer(&ends.server, 9, false);
    assert_true(i2ctarget_claim_take(&ends.target, 9, CLAIM_ACK));
    assert_false(i2ctarget_claim_is_looked_for(&ends.target, 8));
    assert_false(i2ctarget_claim_is_looked_for(&ends.target, 9));
}

/* ---- going through --------------------------------------------------------------------------- */

static const uint32_t last_numbers[] = {1, 7, CLAIM_NUMBER_MAX};

/* The target is at the next hold, and can answer it, whether the server has come after or not. */
static void through_to_the_next_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        uint32_t number = last_numbers[i / 2], next = number == CLAIM_NUMBER_MAX ? 1 : number + 1;
        bool is_followed = i % 2;
        assert_int_equal(i2ctarget_claim_next(number), next);
        i2ctarget_claim_offer(&ends.server, number, true);
        assert_false(i2ctarget_claim_go_through(&ends.target, number)); /* not accepted yet */
        assert_true(i2ctarget_claim_take(&ends.target, number, CLAIM_ACK));
        assert_false(i2ctarget_claim_is_offered(&ends.target, next));
        assert_false(i2ctarget_claim_take(&ends.target, next, CLAIM_ACK));
        assert_true(i2ctarget_claim_go_through(&ends.target, number));
        assert_false(i2ctarget_claim_go_through(&ends.target, number)); /* once */
        assert_true(i2ctarget_claim_is_offered(&ends.target, next));
        assert_true(i2ctarget_claim_is_looked_for(&ends.target, next)); /* with this one */
        assert_int_equal(i2ctarget_claim_look(&ends.server, number), CLAIM_THROUGH);
        assert_false(i2ctarget_claim_is_looked_for(&ends.target, next));
        if (is_followed)
            i2ctarget_claim_follow(&ends.server, next);
        assert_int_equal(i2ctarget_claim_is_looked_for(&ends.target, next), is_followed);
        assert_true(i2ctarget_claim_is_offered(&ends.target, next));
        assert_true(i2ctarget_claim_take(&ends.target, next, CLAIM_NACK));
        assert_int_equal(i2ctarget_claim_look(&ends.server, number), CLAIM_THROUGH);
        i2ctarget_claim_follow(&ends.server, next); /* the answer stays */
        assert_true(i2ctarget_claim_is_looked_for(&ends.target, next));
        assert_int_equal(i2ctarget_claim_look(&ends.server, next), CLAIM_NACK);
        assert_int_equal(i2ctarget_claim_withdraw(&ends.server, next), CLAIM_NACK);
    }
}

/* Not behind a NACK, and not behind a look or a withdrawal. */
static void the_way_is_closed(void **state)
{
    (void)state;
    i2ctarget_claim_offer(&ends.server, 7, true);
    assert_true(i2ctarget_claim_take(&ends.target, 7, CLAIM_NACK));
    assert_false(i2ctarget_claim_go_through(&ends.target, 7));
    for (int is_before = 0; is_before <= 1; is_before++) {
        i2ctarget_claim_offer(&ends.server, 8, true);
        if (is_before)
            assert_int_equal(i2ctarget_claim_look(&ends.server, 8), CLAIM_NONE);
        assert_true(i2ctarget_claim_take(&ends.target, 8, CLAIM_ACK));
        if (!is_before)
            assert_int_equal(i2ctarget_claim_look(&ends.server, 8), CLAIM_ACK);
        assert_false(i2ctarget_claim_go_through(&ends.target, 8));
        assert_int_equal(i2ctarget_claim_withdraw(&ends.server, 8), CLAIM_ACK);
        assert_false(i2ctarget_claim_go_through(&ends.target, 8));
    }
    i2ctarget_claim_offer(&ends.server, 9, false); /* the next offer is open again */
    assert_true(i2ctarget_claim_take(&ends.target, 9, CLAIM_ACK));
    assert_true(i2ctarget_claim_go_through(&ends.target, 9));
}

/* Both holds: what was gone through counts, and the second one can be taken back. */
static void a_withdrawal_behind_it(void **state)
{
    (void)state;
    i2ctarget_claim_offer(&ends.server, 7, true);
    assert_true(i2ctarget_claim_take(&ends.target, 7, CLAIM_ACK));
    assert_true(i2ctarget_claim_go_through(&ends.target, 7));
    assert_int_equal(i2ctarget_claim_withdraw(&ends.server, 7), CLAIM_THROUGH);
    i2ctarget_claim_follow(&ends.server, 8);
    assert_int_equal(i2ctarget_claim_withdraw(&ends.server, 8), CLAIM_NONE);
    assert_false(i2ctarget_claim_take(&ends.target, 8, CLAIM_ACK));
    assert_false(i2ctarget_claim_is_offered(&ends.target, 8));
}

/* ---- answer and look at the same time -------------------------------------------------------- */

enum { RACES = 100000 };

static _Atomic uint32_t started,
    answered; /* the latest race; the latest that the target has ended */
static bool is_taken[RACES + 1], is_sent[RACES + 1];

/* The other thread is about to come, unless it has no processor. */
static void await(_Atomic uint32_t *latest, uint32_t number)
{
    for (unsigned spins = 0; atomic_load(latest) < number; spins++) {
        if (spins % 4096 == 4095)
            sched_yield();
    }
}

static void *answer_races(void *unused)
{
    (void)unused;
    for (uint32_t number = 1; number <= RACES; number++) {
        await(&started, number);
        is_taken[number] = i2ctarget_claim_take(&ends.target, number, CLAIM_ACK);
        is_sent[number] = !i2ctarget_claim_is_looked_for(&ends.target, number);
        atomic_store(&answered, number);
    }
    return NULL;
}

/* Whoever is first: the target sends, or the server has seen its answer, or both. */
static void an_answer_beside_the_look(void **state)
{
    unsigned seen = 0;
    pthread_t thread;
    (void)state;
    atomic_store(&started, 0);
    atomic_store(&answered, 0);
    assert_int_equal(pthread_create(&thread, NULL, answer_races, NULL), 0);
    for (uint32_t number = 1; number <= RACES; number++) {
        i2ctarget_claim_offer(&ends.server, number, true);
        atomic_store(&started, number);
        for (volatile uint32_t pause = 0; pause < number % 64; pause++)
            ;
        bool is_seen = i2ctarget_claim_look(&ends.server, number) == CLAIM_ACK;
        await(&answered, number);
        assert_true(is_taken[number]);
        assert_true(is_seen || is_sent[number]);
        seen += is_seen;
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    print_message("%u of %d answers were seen\n", seen, RACES);
}

static void *go_through_races(void *unused)
{
    (void)unused;
    for (uint32_t number = 1; number <= RACES; number++) {
        await(&started, number);
        is_taken[number] = i2ctarget_claim_take(&ends.target, 2 * number, CLAIM_ACK) &&
                           i2ctarget_claim_go_through(&ends.target, 2 * number);
        is_sent[number] = is_taken[number] &&
                          i2ctarget_claim_take(&ends.target, 2 * number + 1, CLAIM_ACK) &&
                          !i2ctarget_claim_is_looked_for(&ends.target, 2 * number + 1);
        atomic_store(&answered, number);
    }
    return NULL;
}

/*
 * Both agree whether the target has gone through.  If it has, the server sees the answer to the next
 * hold with one of its looks, or the target sends it.
 */
static void an_answer_beside_going_through(void **state)
{
    unsigned through = 0;
    pthread_t thread;
    (void)state;
    atomic_store(&started, 0);
    atomic_store(&answered, 0);
    assert_int_equal(pthread_create(&thread, NULL, go_through_races, NULL), 0);
    for (uint32_t number = 1; number <= RACES; number++) {
        bool is_seen = false;
        i2ctarget_claim_offer(&ends.server, 2 * number, true);
        atomic_store(&started, number);
        for (volatile uint32_t pause = 0; pause < number % 64; pause++)
            ;
        bool is_through = i2ctarget_claim_look(&ends.server, 2 * number) == CLAIM_THROUGH;
        if (is_through) {
            i2ctarget_claim_follow(&ends.server, 2 * number + 1);
            is_seen = i2ctarget_claim_look(&ends.server, 2 * number + 1) == CLAIM_ACK;
        }
        await(&answered, number);
        assert_int_equal(is_taken[number], is_through);
        assert_true(!is_through || is_seen || is_sent[number]);
        through += is_through;
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    print_message("%u of %d had gone through\n", through, RACES);
}

/* ---- bad peers, and no resources ------------------------------------------------------------- */

/* A target may write anything there; only what fits the offer is an answer. */
static void nonsense_is_no_answer(void **state)
{
    (void)state;
    for (uint32_t word = 0; word < 64; word++) {
        i2ctarget_claim_offer(&ends.server, 5, false);
        *ends.target.word = word;
        enum claim_answer expected = word / 8 == 5   ? (enum claim_answer)(word % 4)
                                     : word / 8 == 6 ? CLAIM_THROUGH
                                                     : CLAIM_NONE;
        assert_int_equal(i2ctarget_claim_look(&ends.server, 5), expected);
        bool is_at_7 = word == 7 * 8 || word == 7 * 8 + 4 || (word / 8 == 6 && word % 4 == 3);
        i2ctarget_claim_follow(&ends.server, 7);
        assert_int_equal(i2ctarget_claim_is_offered(&ends.target, 7), is_at_7);
        *ends.target.word = word;
        assert_int_equal(i2ctarget_claim_withdraw(&ends.server, 5), expected);
    }
}

/* Otherwise a target could end the server by a SIGBUS. */
static void its_size_is_sealed(void **state)
{
    struct claim claim;
    struct stat status;
    int fd;
    (void)state;
    assert_int_equal(i2ctarget_claim_create(&claim, &fd), 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_size, PROTOCOL_CLAIM_BYTES);
    assert_int_equal(ftruncate(fd, 0), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(ftruncate(fd, PROTOCOL_CLAIM_BYTES + 1), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
    assert_int_equal(errno, EPERM);
    close(fd);
    i2ctarget_claim_close(&claim);
    assert_null(claim.word);
    i2ctarget_claim_close(&claim);
}

static void no_memory_behind_it(void **state)
{
    struct claim claim = {0};
    int ends_of_pipe[2];
    (void)state;
    assert_int_equal(pipe(ends_of_pipe), 0);
    assert_int_equal(i2ctarget_claim_join(&claim, ends_of_pipe[0]), -EACCES);
    close(ends_of_pipe[0]);
    close(ends_of_pipe[1]);
    assert_int_equal(i2ctarget_claim_join(&claim, -1), -EBADF);
    assert_null(claim.word);
}

static void no_descriptors_left(void **state)
{
    struct claim claim = {0};
    struct rlimit before, none;
    int fd, lowest = dup(STDIN_FILENO);
    (void)state;
    close(lowest);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)lowest;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int result = i2ctarget_claim_create(&claim, &fd);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(result, -EMFILE);
    assert_null(claim.word);
}

/* What was made is given back when a later step fails: here no file may have a length. */
static void no_room_for_it(void **state)
{
    struct claim claim = {0};
    struct rlimit before, none;
    int fd, lowest = dup(STDIN_FILENO);
    (void)state;
    close(lowest);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    int result = i2ctarget_claim_create(&claim, &fd);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(result, -EFBIG);
    assert_int_equal(dup(STDIN_FILENO), lowest);
    close(lowest);
}

#define CLAIM_TEST(function) cmocka_unit_test_setup_teardown(function, open_ends, close_ends)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM_TEST(an_answer_in_time),         CLAIM_TEST(an_offer_that_stands),
        CLAIM_TEST(an_answer_that_is_late),    CLAIM_TEST(an_answer_before_the_look),
        CLAIM_TEST(an_answer_after_the_look),  CLAIM_TEST(an_answer_beside_the_look),
        CLAIM_TEST(through_to_the_next_hold),  CLAIM_TEST(the_way_is_closed),
        CLAIM_TEST(a_withdrawal_behind_it),    CLAIM_TEST(an_answer_beside_going_through),
        CLAIM_TEST(nonsense_is_no_answer),     cmocka_unit_test(its_size_is_sealed),
        cmocka_unit_test(no_memory_behind_it), cmocka_unit_test(no_descriptors_left),
        cmocka_unit_test(no_room_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
