/* SPDX-License-Identifier: MIT */
/*
 * vhci-hcd's files, in a tree of the test.  A file keeps what was written to it.  A port in use is
 * simulated by /dev/full, which gives ENOSPC, and by the lines' content.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapter/vhci.h"

#define VHCI "/sys/devices/platform/vhci_hcd.0/"
#define HEADER "hub port sta spd dev      sockfd local_busid\n"

static char root[] = "/tmp/test_vhci.XXXXXX";
static struct vhci vhci = {.root = root};

static void in_tree(char *path, size_t size, const char *file)
{
    assert_true(snprintf(path, size, "%s%s", root, file) < (int)size);
}

static void make_directories(const char *file)
{
    char path[512];
    in_tree(path, sizeof path, file);
    for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
        *slash = '/';
    }
}

static void put(const char *file, const char *text)
{
    char path[512];
    make_directories(file);
    in_tree(path, sizeof path, file);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static void assert_written(const char *file, const char *expected)
{
    char path[512], text[128] = "";
    in_tree(path, sizeof path, file);
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    assert_true(fread(text, 1, sizeof text - 1, stream) < sizeof text);
    fclose(stream);
    assert_string_equal(text, expected);
}

static int make_tree(void **state)
{
    (void)state;
    strcpy(root + strlen(root) - 6, "XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_tree(void **state)
{
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command);
}

static void put_ports(const char *lines)
{
    char text[1024];
    snprintf(text, sizeof text, HEADER "%s", lines);
    put(VHCI "attach", "");
    put(VHCI "detach", "");
    put(VHCI "status", text);
}

static void nothing_is_there(void **state)
{
    (void)state;
    struct vhci_port port;
    assert_false(vhci_exists(&vhci));
    assert_false(vhci_is_writable(&vhci));
    assert_false(vhci_has_driver(&vhci));
    assert_false(vhci_has_nodes(&vhci));
    assert_int_equal(vhci_attach(&vhci, 5, 1), -ENOENT);
    assert_int_equal(vhci_detach(&vhci, 0), -ENOENT);
    assert_int_equal(vhci_look(&vhci, 0, &port), -ENOENT);
    assert_int_equal(vhci_adapter(&vhci, "1-1"), -1);
}

static void all_is_there(void **state)
{
    (void)state;
    put_ports("");
    put("/sys/bus/usb/drivers/i2c-tiny-usb/bind", "");
    put("/sys/class/i2c-dev/i2c-0", "");
    assert_true(vhci_exists(&vhci));
    assert_true(vhci_is_writable(&vhci));
    assert_true(vhci_has_driver(&vhci));
    assert_true(vhci_has_nodes(&vhci));
}

static void first_free_port_of_the_usb2_hub(void **state)
{
    (void)state;
    put_ports("hs  0000 006 003 00010001 000004 1-1\n"
              "hs  0001 005 000 00000000 000007 0-0\n"
              "hs  0002 004 000 00000000 000000 0-0\n"
              "ss  0015 004 000 00000000 000000 0-0\n");
    assert_int_equal(vhci_attach(&vhci, 9, 0x10001), 2);
    assert_written(VHCI "attach", "2 9 65537 3");
}

static void ports_are_decimal(void **state)
{
    (void)state;
    put_ports("hs  0010 004 000 00000000 000000 0-0\n");
    assert_int_equal(vhci_attach(&vhci, 4, 1), 10);
}

static void usb3_ports_are_not_ours(void **state)
{
    (void)state;
    put_ports("hs  0000 006 003 00010001 000004 1-1\n"
              "ss  0015 004 000 00000000 000000 0-0\n");
    assert_int_equal(vhci_attach(&vhci, 9, 1), -ENOSPC);
    assert_written(VHCI "attach", "");
}

static void further_controllers(void **state)
{
    (void)state;
    put_ports("hs  0000 006 003 00010001 000004 1-1\n");
    put(VHCI "status.1", HEADER "hs  0030 006 003 00010001 000004 3-1\n");
    put(VHCI "status.2", HEADER "hs  0060 004 000 00000000 000000 0-0\n");
    assert_int_equal(vhci_attach(&vhci, 9, 1), 60);
}

static void lines_that_mean_nothing(void **state)
{
    (void)state;
    put_ports("\nhs\nhs  zero 004 000 00000000 000000 0-0\nhs  0003 004\n"
              "averylonghubname 0001 004 000 00000000 000000 0-0\n");
    assert_int_equal(vhci_attach(&vhci, 9, 1), -ENOSPC);
}

static void what_the_kernel_says_is_passed_on(void **state)
{
    (void)state;
    char path[512];
    put_ports("hs  0000 004 000 00000000 000000 0-0\n"
              "hs  0001 004 000 00000000 000000 0-0\n");
    in_tree(path, sizeof path, VHCI "attach");
    unlink(path);
    assert_int_equal(symlink("/dev/full", path), 0);
    assert_int_equal(vhci_attach(&vhci, 9, 1), -ENOSPC);
}

/* The kernel's are so, and an ordinary user may have been given them. */
static void the_controls_can_be_write_only(void **state)
{
    enum { NOBODY = 65534 };
    static const char *const controls[] = {VHCI "attach", VHCI "detach"};
    uid_t user = geteuid();
    (void)state;
    char path[512];
    put_ports("hs  0002 004 000 00000000 000000 0-0\n");
    assert_int_equal(chmod(root, 0755), 0);
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
        in_tree(path, sizeof path, controls[i]);
        assert_int_equal(chmod(path, 0222), 0);
    }
    if (user == 0)
        assert_int_equal(seteuid(NOBODY), 0);
    int port = vhci_attach(&vhci, 9, 1), detached = vhci_detach(&vhci, 2);
    bool is_writable = vhci_is_writable(&vhci);
    assert_int_equal(seteuid(user), 0);
    assert_int_equal(port, 2);
    assert_int_equal(detached, 0);
    assert_true(is_writable);
}

static void looking_at_one_port(void **state)
{
    (void)state;
    struct vhci_port port;
    put_ports("hs  0000 006 003 00010001 000004 1-1\n"
              "hs  0001 005 000 00000000 000007 0-0\n"
              "hs  0002 004 000 00000000 000000 0-0\n"
              "hs  0003 007 000 00000000 000000 0-0\n");
    put(VHCI "status.1", HEADER "hs  0030 006 003 00010002 000009 13-14.2\n");
    assert_int_equal(vhci_look(&vhci, 0, &port), 0);
    assert_int_equal(port.state, VHCI_USED);
    assert_string_equal(port.device, "1-1");
    assert_int_equal(vhci_look(&vhci, 1, &port), 0);
    assert_int_equal(port.state, VHCI_ATTACHED);
    assert_int_equal(vhci_look(&vhci, 2, &port), 0);
    assert_int_equal(port.state, VHCI_FREE);
    assert_int_equal(vhci_look(&vhci, 3, &port), 0);
    assert_int_equal(port.state, VHCI_BROKEN);
    assert_int_equal(vhci_look(&vhci, 30, &port), 0);
    assert_string_equal(port.device, "13-14.2");
    assert_int_equal(vhci_look(&vhci, 99, &port), 0);
    assert_int_equal(port.state, VHCI_FREE);
}

static void detaching(void **state)
{
    (void)state;
    put_ports("");
    assert_int_equal(vhci_detach(&vhci, 17), 0);
    assert_written(VHCI "detach", "17");
}

static void the_number_of_the_adapter(void **state)
{
    (void)state;
    put("/sys/bus/usb/devices/1-1:1.0/bInterfaceNumber", "00\n");
    put("/sys/bus/usb/devices/1-1:1.0/i2c-dev", "");
    put("/sys/bus/usb/devices/1-1:1.0/i2c-12x", "");
    assert_int_equal(vhci_adapter(&vhci, "1-1"), -1);
    put("/sys/bus/usb/devices/1-1:1.0/i2c-12/name", "");
    assert_int_equal(vhci_adapter(&vhci, "1-1"), 12);
    assert_int_equal(vhci_adapter(&vhci, "1-2"), -1);
}

#define TREE_TEST(function) cmocka_unit_test_setup_teardown(function, make_tree, remove_tree)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(nothing_is_there),
        TREE_TEST(all_is_there),
        TREE_TEST(first_free_port_of_the_usb2_hub),
        TREE_TEST(ports_are_decimal),
        TREE_TEST(usb3_ports_are_not_ours),
        TREE_TEST(further_controllers),
        TREE_TEST(lines_that_mean_nothing),
        TREE_TEST(what_the_kernel_says_is_passed_on),
        TREE_TEST(the_controls_can_be_write_only),
        TREE_TEST(looking_at_one_port),
        TREE_TEST(detaching),
        TREE_TEST(the_number_of_the_adapter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
