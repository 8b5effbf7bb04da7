/* SPDX-License-Identifier: MIT */
/*
 * The back end without a virtual machine.  A correct request is carried out.  A machine or a driver
 * that sends invalid messages gets an error, or is ignored from then on, and nothing else happens.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gpio_chip.h"
#include "vhost/vhost_user.h"

enum { MEMORY_BYTES = 65536, PHYSICAL = 0x100000, USER = 0x7000000, RING = 8 };
/* Where the driver puts things. */
enum { DESCRIPTORS = 0, AVAILABLE = 0x400, USED = 0x800, REQUEST = 0x1000, RESPONSE = 0x1100 };
enum { HAS_NEXT = 1, IS_WRITABLE = 2 };
enum { FILES_MAX = 8, DEVICE_FEATURES = 3 };

static struct vhost_user machine;
static int socket_fd; /* the machine's end */
static int memory_fd;
static uint8_t *memory;

static struct gpio_chip chip;
static unsigned driven_count;

/* ---- the machine's side ---------------------------------------------------------------------- */

static void put_files(const void *bytes, size_t size, const int *fds, size_t count)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(FILES_MAX * sizeof *fds)] = {0};
    struct iovec place = {(void *)(uintptr_t)bytes, size};
    struct msghdr message = {.msg_iov = &place, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(count * sizeof *fds);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof *fds);
        memcpy(CMSG_DATA(header), fds, count * sizeof *fds);
    }
    assert_int_equal(sendmsg(socket_fd, &message, MSG_NOSIGNAL), (ssize_t)size);
}

static void put_raw(const void *bytes, size_t size)
{
    put_files(bytes, size, NULL, 0);
}

/* Hand one message in; what vhost_user_serve() says. */
static int say_with(uint32_t request, uint32_t flags, const void *payload, uint32_t size,
                    const int *fds, size_t count)
{
    uint8_t bytes[512];
    uint32_t header[] = {request, flags, size};
    memcpy(bytes, header, sizeof header);
    if (size)
        memcpy(bytes + sizeof header, payload, size);
    put_files(bytes, sizeof header + size, fds, count);
    return vhost_user_serve(&machine);
}

static int say(uint32_t request, const void *payload, uint32_t size, int fd)
{
    return say_with(request, 1, payload, size, &fd, fd >= 0);
}

/* The answer: its request, its flags, and so many bytes. */
static void expect_answer(uint32_t request, const void *bytes, uint32_t size)
{
    uint8_t answer[512];
    uint32_t header[] = {request, 1 | 4, size};
    assert_int_equal(recv(socket_fd, answer, sizeof answer, MSG_DONTWAIT), 12 + size);
    assert_memory_equal(answer, header, sizeof header);
    assert_memory_equal(answer + sizeof header, bytes, size);
}

static uint64_t ask(uint32_t request)
{
    uint8_t answer[20];
    uint64_t number;
    assert_int_equal(say(request, NULL, 0, -1), 1);
    assert_int_equal(recv(socket_fd, answer, sizeof answer, 0), sizeof answer);
    memcpy(&number, answer + 12, sizeof number);
    return number;
}

static int say_table(uint32_t count, uint64_t size, uint64_t offset, int fd)
{
    uint64_t table[] = {count, PHYSICAL, size, USER, offset};
    return say(5, table, sizeof table, fd);
}

static int say_state(uint32_t request, uint32_t index, uint32_t number)
{
    uint32_t state[] = {index, number};
    return say(request, state, sizeof state, -1);
}

static int say_addresses(uint64_t descriptors, uint64_t used, uint64_t available)
{
    uint64_t addresses[] = {0, USER + descriptors, USER + used, USER + available, 0};
    return say(9, addresses, sizeof addresses, -1);
}

static void start_queue(void)
{
    assert_int_equal(say_table(1, MEMORY_BYTES, 0, memory_fd), 1);
    assert_int_equal(say_state(8, 0, RING), 1);
    assert_int_equal(say_state(10, 0, 0), 1);
    assert_int_equal(say_addresses(DESCRIPTORS, USED, AVAILABLE), 1);
    assert_int_equal(say_state(18, 0, 1), 1);
}

/* ---- the driver's side ----------------------------------------------------------------------- */

static void put_descriptor(unsigned index, uint64_t at, uint32_t length, uint16_t flags,
                           uint16_t next)
{
    uint8_t *to = memory + DESCRIPTORS + 16 * index;
    uint64_t address = PHYSICAL + at;
    memcpy(to, &address, 8);
    memcpy(to + 8, &length, 4);
    memcpy(to + 12, &flags, 2);
    memcpy(to + 14, &next, 2);
}

static uint16_t available_count;

static void offer(uint16_t head)
{
    memcpy(memory + AVAILABLE + 4 + 2 * (available_count % RING), &head, 2);
    available_count++;
    memcpy(memory + AVAILABLE + 2, &available_count, 2);
}

static void put_request(uint16_t type, uint16_t line, uint32_t value)
{
    memcpy(memory + REQUEST, &type, 2);
    memcpy(memory + REQUEST + 2, &line, 2);
    memcpy(memory + REQUEST + 4, &value, 4);
    memset(memory + RESPONSE, 0xEE, 2);
    put_descriptor(0, REQUEST, 8, HAS_NEXT, 1);
    put_descriptor(1, RESPONSE, 2, IS_WRITABLE, 0);
}

static bool carry_out(void)
{
    return gpio_chip_request(&chip, &machine.queues[GPIO_REQUEST_QUEUE]);
}

/* ---- before and after ------------------------------------------------------------------------ */

static void driven(void *owner, unsigned line)
{
    (void)owner;
    (void)line;
    driven_count++;
}

static bool level(void *owner, unsigned line)
{
    (void)owner;
    return line == 1;
}

static int set_up(void **state)
{
    static const uint8_t config[VHOST_USER_CONFIG_BYTES] = {2, 3, 5, 7};
    int ends[2];
    (void)state;
    memory_fd = memfd_create("guest", MFD_CLOEXEC);
    if (memory_fd < 0 || ftruncate(memory_fd, MEMORY_BYTES) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return -1;
    memory = mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd, 0);
    socket_fd = ends[0];
    vhost_user_init(&machine, ends[1], DEVICE_FEATURES, config);
    chip = (struct gpio_chip){.count = 2, .driven = driven, .level = level};
    driven_count = 0;
    available_count = 0;
    return memory == MAP_FAILED ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    vhost_user_close(&machine);
    close(machine.socket);
    close(socket_fd);
    munmap(memory, MEMORY_BYTES);
    close(memory_fd);
    return 0;
}

static unsigned open_files(void)
{
    unsigned count = 0;
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void a_request_is_carried_out(void **state)
{
    uint64_t kick = 0, calls = 0;
    int call_fd = eventfd(0, EFD_NONBLOCK);
    (void)state;
    start_queue();
    assert_int_equal(say(13, &kick, sizeof kick, call_fd), 1);
    put_request(4, 1, 0);
    offer(0);
    assert_true(carry_out());
    assert_int_equal(memory[RESPONSE], 0);
    assert_int_equal(memory[RESPONSE + 1], 1);
    assert_memory_equal(memory + USED + 2, ((uint8_t[]){1, 0, 0, 0, 0, 0, 2, 0, 0, 0}), 10);
    assert_int_equal(read(call_fd, &calls, sizeof calls), sizeof calls);
    assert_false(carry_out());
    close(call_fd);
}

static void features_are_offered(void **state)
{
    (void)state;
    assert_true(ask(1) == (UINT64_C(1) << 32 | UINT64_C(1) << 30 | DEVICE_FEATURES));
    assert_true(ask(15) == (1 | 1 << 3 | 1 << 9));
    assert_true(ask(17) == 2);
}

static void requests_that_cannot_be_fail(void **state)
{
    static const uint32_t requests[][3] = {{3, 2, 1}, {3, 0, 3}, {5, 0, 2}, {0, 0, 0},
                                           {6, 0, 1}, {9, 0, 0}, {4, 9, 0}, {4, 0xFFFF, 0}};
    (void)state;
    start_queue();
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        put_request((uint16_t)requests[i][0], (uint16_t)requests[i][1], requests[i][2]);
        offer(0);
        assert_true(carry_out());
        assert_int_equal(memory[RESPONSE], 1);
    }
    assert_int_equal(driven_count, 0);
}

/* Each breaks the queue for good, and answers nothing. */
static void senseless_chains_break_the_queue(void **state)
{
    (void)state;
    for (unsigned wrong = 0; wrong < 8; wrong++) {
        start_queue();
        memset(memory + USED, 0, 64);
        memset(memory + AVAILABLE, 0, 64);
        available_count = 0;
        put_request(5, 0, 1);
        if (wrong == 0)
            put_descriptor(1, RESPONSE, 2, IS_WRITABLE | HAS_NEXT, 0); /* read behind written */
        else if (wrong == 1)
            put_descriptor(0, REQUEST, 0, HAS_NEXT, 0); /* a loop */
        else if (wrong == 2)
            put_descriptor(0, REQUEST, 8, HAS_NEXT, RING); /* no such descriptor */
        else if (wrong == 3)
            put_descriptor(0, MEMORY_BYTES - 4, 8, HAS_NEXT, 1); /* over the end */
        else if (wrong == 4)
            put_descriptor(0, UINT64_MAX - PHYSICAL, 8, HAS_NEXT, 1);
        else if (wrong == 5)
            put_descriptor(0, REQUEST, UINT32_MAX, HAS_NEXT, 1);
        else if (wrong == 6)
            put_descriptor(0, REQUEST, CHAIN_OUT_BYTES + 1, HAS_NEXT, 1);
        offer(wrong == 7 ? RING : 0);
        assert_false(carry_out());
        assert_true(machine.queues[0].broken);
        put_request(5, 0, 1);
        offer(0);
        assert_false(carry_out());
        assert_int_equal(memory[USED + 2], 0);
    }
    assert_int_equal(driven_count, 0);
}

/* What has no room for its answer is carried out all the same. */
static void answers_are_cut_to_their_room(void **state)
{
    (void)state;
    start_queue();
    put_request(4, 1, 0);
    put_descriptor(1, RESPONSE, 1, IS_WRITABLE, 0);
    offer(0);
    assert_true(carry_out());
    assert_int_equal(memory[RESPONSE + 1], 0xEE);
    put_descriptor(0, REQUEST, 8, 0, 0);
    offer(0);
    assert_true(carry_out());
}

static void rings_lie_in_the_memory(void **state)
{
    (void)state;
    assert_int_equal(say_addresses(DESCRIPTORS, USED, AVAILABLE), -1); /* of no size yet */
    assert_int_equal(say_state(8, 0, RING), 1);
    assert_int_equal(say_addresses(DESCRIPTORS, USED, AVAILABLE), -1); /* there is no memory yet */
    start_queue();
    assert_int_equal(say_addresses(MEMORY_BYTES - 16 * RING + 1, USED, AVAILABLE), -1);
    assert_int_equal(say_addresses(DESCRIPTORS, MEMORY_BYTES - 8, AVAILABLE), -1);
    assert_int_equal(say_addresses(DESCRIPTORS, USED, MEMORY_BYTES), -1);
    put_request(4, 1, 0);
    offer(0);
    assert_false(carry_out());
    start_queue();
    assert_int_equal(say_state(8, 0, VIRTQUEUE_SIZE_MAX), 1); /* they would reach beyond it now */
    assert_false(carry_out());
}

static void wrong_messages_end_it(void **state)
{
    uint32_t too_long[] = {1, 1, 100000};
    uint8_t config[20] = {[0] = 5, [4] = 4};
    (void)state;
    assert_int_equal(say(77, NULL, 0, -1), -1);
    assert_int_equal(say_state(8, 2, RING), -1);
    assert_int_equal(say_state(8, 0, 0), -1);
    assert_int_equal(say_state(8, 0, VIRTQUEUE_SIZE_MAX + 1), -1);
    assert_int_equal(say_state(11, UINT32_MAX, 0), -1);
    assert_int_equal(say_state(12, 2, 0), -1);
    assert_int_equal(say_table(1, MEMORY_BYTES, 0, -1), -1);
    assert_int_equal(say_table(9, MEMORY_BYTES, 0, memory_fd), -1);
    assert_int_equal(say_table(1, UINT64_MAX, 2, memory_fd), -1);
    assert_int_equal(say_table(1, MEMORY_BYTES + 1, 0, memory_fd), -1);
    assert_int_equal(say(24, config, sizeof config, -1), -1);
    put_raw(too_long, sizeof too_long);
    assert_int_equal(vhost_user_serve(&machine), -1);
    shutdown(socket_fd, SHUT_WR);
    assert_int_equal(vhost_user_serve(&machine), 0);
}

/* The payload of a table is as long as it is said to be, and each of its regions has a file. */
static void regions_and_files_are_as_many(void **state)
{
    uint64_t table[] = {1, PHYSICAL, MEMORY_BYTES, USER, 0};
    int files[FILES_MAX] = {0};
    (void)state;
    for (size_t i = 0; i < FILES_MAX; i++)
        files[i] = memory_fd;
    assert_int_equal(say_with(5, 1, table, sizeof table, files, 1), 1);
    assert_int_equal(say_with(5, 1, table, sizeof table, files, 2), -1);
    assert_int_equal(say_with(5, 1, table, sizeof table, files, 0), -1);
    uint64_t most[1 + 4 * FILES_MAX] = {FILES_MAX};
    for (size_t i = 0; i < FILES_MAX; i++)
        memcpy(most + 1 + 4 * i, table + 1, 4 * sizeof *table);
    assert_int_equal(say_with(5, 1, most, sizeof most, files, FILES_MAX), 1);
    table[0] = 2;
    assert_int_equal(say_with(5, 1, table, sizeof table, files, 1), -1);
    table[0] = UINT32_MAX;
    assert_int_equal(say_with(5, 1, table, sizeof table, files, FILES_MAX), -1);
}

/* Here the machine's memory is its second half, then its first one. */
static void memory_in_pieces(void **state)
{
    enum { HALF = MEMORY_BYTES / 2 };
    uint64_t table[] = {2, PHYSICAL + HALF, HALF, USER + HALF, HALF, PHYSICAL, HALF, USER, 0};
    const int files[] = {memory_fd, memory_fd};
    (void)state;
    start_queue();
    assert_int_equal(say_with(5, 1, table, sizeof table, files, 2), 1);
    assert_int_equal(say_addresses(HALF - 16 * RING + 1, USED, AVAILABLE), -1); /* over the gap */
    assert_int_equal(say_addresses(DESCRIPTORS, USED, AVAILABLE), 1);
    put_request(4, 1, 0);
    put_descriptor(1, HALF + RESPONSE, 2, IS_WRITABLE, 0);
    offer(0);
    assert_true(carry_out());
    assert_int_equal(memory[HALF + RESPONSE], 0);
    assert_int_equal(memory[HALF + RESPONSE + 1], 1);
    put_descriptor(1, HALF - 1, 2, IS_WRITABLE, 0);
    offer(0);
    assert_false(carry_out());
}

static void new_memory_makes_the_rings_invalid(void **state)
{
    (void)state;
    start_queue();
    put_request(4, 1, 0);
    offer(0);
    assert_int_equal(say_table(1, MEMORY_BYTES, 0, memory_fd), 1);
    assert_false(carry_out());
    assert_int_equal(say_addresses(DESCRIPTORS, USED, AVAILABLE), 1);
    assert_true(carry_out());
}

static void rings_may_end_where_the_memory_ends(void **state)
{
    (void)state;
    start_queue();
    assert_int_equal(say_addresses(MEMORY_BYTES - 16 * RING, USED, AVAILABLE), 1);
    assert_int_equal(say_addresses(DESCRIPTORS, MEMORY_BYTES - 4 - 8 * RING, AVAILABLE), 1);
    assert_int_equal(say_addresses(DESCRIPTORS, USED, MEMORY_BYTES - 4 - 2 * RING), 1);
}

static void rings_go_round(void **state)
{
    (void)state;
    start_queue();
    memset(memory + USED, 0xEE, 4 + 8 * RING + 8);
    for (unsigned given = 0; given < 3 * RING; given++) {
        uint8_t element[] = {(uint8_t)(given % 2 ? 2 : 0), 0, 0, 0, 2, 0, 0, 0};
        uint8_t *place = memory + USED + 4 + given % RING * sizeof element;
        put_request(4, 1, 0);
        put_descriptor(2, REQUEST, 8, HAS_NEXT, 1);
        memset(place, 0xEE, sizeof element);
        offer(given % 2 ? 2 : 0);
        assert_true(carry_out());
        assert_memory_equal(place, element, sizeof element);
    }
    assert_int_equal(memory[USED + 2], 3 * RING);
    assert_int_equal(memory[USED + 4 + 8 * RING], 0xEE); /* behind it */
}

static void rings_are_aligned(void **state)
{
    (void)state;
    start_queue();
    assert_int_equal(say_addresses(DESCRIPTORS, USED + 2, AVAILABLE), -1);
    assert_int_equal(say_addresses(DESCRIPTORS, USED + 4, AVAILABLE + 1), -1);
    assert_int_equal(say_addresses(DESCRIPTORS, USED + 4, AVAILABLE + 2), 1);
}

static void a_queue_is_off_until_it_is_on(void **state)
{
    (void)state;
    start_queue();
    put_request(4, 1, 0);
    offer(0);
    assert_int_equal(say_state(18, 0, 0), 1);
    assert_false(carry_out());
    assert_int_equal(say_state(18, 0, 2), 1);
    assert_true(carry_out());
}

static void a_queue_stops_and_goes_on(void **state)
{
    const uint32_t position[] = {0, 1};
    uint64_t payload = 0;
    int kick_fd = eventfd(0, EFD_NONBLOCK), call_fd = eventfd(0, EFD_NONBLOCK);
    (void)state;
    start_queue();
    unsigned before = open_files();
    assert_int_equal(say(12, &payload, sizeof payload, kick_fd), 1);
    assert_int_equal(say(13, &payload, sizeof payload, call_fd), 1);
    assert_int_equal(open_files(), before + 2);
    put_request(4, 1, 0);
    offer(0);
    assert_true(carry_out());
    assert_int_equal(say_state(11, 0, 0), 1);
    expect_answer(11, position, sizeof position);
    assert_int_equal(open_files(), before);
    assert_int_equal(machine.queues[0].kick_fd, -1);
    offer(0);
    assert_false(carry_out());
    assert_int_equal(say_state(10, 0, 1), 1);
    assert_int_equal(say_addresses(DESCRIPTORS, USED, AVAILABLE), 1);
    assert_true(carry_out());
    assert_int_equal(memory[USED + 2], 2);
    close(kick_fd);
    close(call_fd);
}

/* A new one takes the place of the old one; "none" can be said, too. */
static void descriptors_of_a_queue_are_replaced(void **state)
{
    uint64_t with = 0, without = 0x100;
    int fd = eventfd(0, EFD_NONBLOCK);
    (void)state;
    start_queue();
    unsigned before = open_files();
    for (uint32_t request = 12; request <= 13; request++) {
        const int *place = request == 12 ? &machine.queues[0].kick_fd : &machine.queues[0].call_fd;
        for (int round = 0; round < 3; round++) {
            assert_int_equal(say(request, &with, sizeof with, fd), 1);
            assert_true(*place >= 0);
            assert_int_equal(open_files(), before + 1);
        }
        assert_int_equal(say(request, &without, sizeof without, fd), 1);
        assert_int_equal(*place, -1);
        assert_int_equal(say(request, &with, sizeof with, -1), 1);
        assert_int_equal(*place, -1);
        assert_int_equal(open_files(), before);
    }
    assert_int_equal(say(14, &with, sizeof with, fd), 1); /* errors: nobody wants them */
    assert_int_equal(say(14, &without, sizeof without, -1), 1);
    assert_int_equal(open_files(), before);
    close(fd);
}

static void no_interrupt_where_none_is_wanted(void **state)
{
    uint64_t calls = 0, payload = 0;
    int call_fd = eventfd(0, EFD_NONBLOCK);
    (void)state;
    start_queue();
    assert_int_equal(say(13, &payload, sizeof payload, call_fd), 1);
    for (uint8_t flags = 0; flags <= 2; flags++) {
        memory[AVAILABLE] = flags;
        put_request(4, 1, 0);
        offer(0);
        assert_true(carry_out());
        assert_int_equal(read(call_fd, &calls, sizeof calls), flags == 1 ? -1 : (int)sizeof calls);
    }
    close(call_fd);
}

/* Who asks for it is told whether it was done. */
static void what_was_done_is_said_if_wanted(void **state)
{
    uint64_t features = 0x1234, done = 0, failed = 1;
    uint32_t no_queue[] = {7, RING};
    (void)state;
    assert_int_equal(say_with(2, 1 | 8, &features, sizeof features, NULL, 0), 1);
    expect_answer(2, &done, sizeof done);
    assert_true(machine.features == features);
    assert_int_equal(say_with(8, 1 | 8, no_queue, sizeof no_queue, NULL, 0), 1);
    expect_answer(8, &failed, sizeof failed);
    assert_int_equal(say_with(3, 1, NULL, 0, NULL, 0), 1);
    assert_int_equal(say_with(16, 1, &features, sizeof features, NULL, 0), 1);
    assert_int_equal(recv(socket_fd, &done, sizeof done, MSG_DONTWAIT), -1); /* nobody asked */
}

static void the_configuration_is_read_in_parts(void **state)
{
    struct {
        uint32_t offset, size, flags;
        uint8_t bytes[VHOST_USER_CONFIG_BYTES];
    } config = {0, VHOST_USER_CONFIG_BYTES, 0, {0}}, expected = config;
    (void)state;
    memcpy(expected.bytes, (uint8_t[]){2, 3, 5, 7}, 4);
    assert_int_equal(say(24, &config, sizeof config, -1), 1);
    expect_answer(24, &expected, sizeof config);
    config.offset = expected.offset = 1;
    config.size = expected.size = 2;
    memset(expected.bytes, 0, sizeof expected.bytes);
    memcpy(expected.bytes, (uint8_t[]){3, 5}, 2);
    assert_int_equal(say(24, &config, sizeof config, -1), 1);
    expect_answer(24, &expected, sizeof config);
    config.offset = VHOST_USER_CONFIG_BYTES;
    config.size = 0;
    assert_int_equal(say(24, &config, sizeof config, -1), 1);
    config.size = 1;
    assert_int_equal(say(24, &config, sizeof config, -1), -1);
    config.offset = UINT32_MAX;
    assert_int_equal(say(24, &config, sizeof config, -1), -1);
}

static void the_longest_message(void **state)
{
    enum { LONGEST = 8 + 32 * FILES_MAX }; /* a table of memory */
    uint8_t payload[LONGEST + 1] = {0};
    (void)state;
    assert_int_equal(say(3, payload, LONGEST, -1), 1);
    assert_int_equal(say(3, payload, LONGEST + 1, -1), -1);
}

/* It may have gone without having read our answer. */
static void the_machine_has_gone(void **state)
{
    int socket = machine.socket;
    (void)state;
    assert_int_equal(say(1, NULL, 0, -1), 1);
    close(socket_fd);
    assert_int_equal(vhost_user_serve(&machine), 0);
    machine.socket = memory_fd; /* no socket at all */
    assert_int_equal(vhost_user_serve(&machine), -1);
    machine.socket = socket;
    socket_fd = dup(socket);
}

static void a_message_that_breaks_off(void **state)
{
    const uint32_t header[] = {2, 1, 8};
    (void)state;
    put_raw(header, sizeof header - 1);
    shutdown(socket_fd, SHUT_WR);
    assert_int_equal(vhost_user_serve(&machine), -1);
}

static void a_payload_that_breaks_off(void **state)
{
    const uint32_t message[] = {2, 1, 8, 0x55};
    (void)state;
    put_raw(message, sizeof message);
    shutdown(socket_fd, SHUT_WR);
    assert_int_equal(vhost_user_serve(&machine), -1);
    assert_true(machine.features == 0);
}

/* Whatever is sent, in any order: descriptors that came with it are closed. */
static void nonsense_leaves_nothing_behind(void **state)
{
    uint8_t payload[64], answer[512];
    unsigned before = open_files();
    (void)state;
    srand(20);
    for (int round = 0; round < 20000; round++) {
        for (size_t i = 0; i < sizeof payload; i++)
            payload[i] = (uint8_t)(rand() % 4 ? 0 : rand());
        (void)say((uint32_t)rand() % 26, payload, (uint32_t)rand() % sizeof payload,
                  rand() % 2 ? memory_fd : -1);
        while (recv(socket_fd, answer, sizeof answer, MSG_DONTWAIT) > 0)
            ;
        carry_out();
    }
    vhost_user_close(&machine);
    assert_int_equal(open_files(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_request_is_carried_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(features_are_offered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(requests_that_cannot_be_fail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(senseless_chains_break_the_queue, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_are_cut_to_their_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rings_lie_in_the_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_messages_end_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(regions_and_files_are_as_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_in_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(new_memory_makes_the_rings_invalid, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rings_are_aligned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_queue_is_off_until_it_is_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_queue_stops_and_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(descriptors_of_a_queue_are_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_interrupt_where_none_is_wanted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_done_is_said_if_wanted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_configuration_is_read_in_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_that_breaks_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_payload_that_breaks_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rings_may_end_where_the_memory_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rings_go_round, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_longest_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_machine_has_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nonsense_leaves_nothing_behind, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
