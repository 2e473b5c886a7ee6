/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets: wiped, guarded, undumpable, many in little locked memory, and usable without any. */
#include "config.h"

#include <ravelin/secret.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

/* AddressSanitizer replaces mlock() by a function that does nothing and succeeds. */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define MLOCK_IS_REAL false
#else
#define MLOCK_IS_REAL true
#endif

static bool
is_zero(const uint8_t *octets, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (octets[i] != 0)
            return false;
    }
    return true;
}

static void
begins_as_zeros_and_holds_what_is_filled_in(void)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 32, 64, 65, 255, 1024, RVL_SECRET_MAX_OCTETS};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(RvlSecret) secret = rvl_secret_new(sizes[i]);

        g_assert_cmpuint(rvl_secret_size(secret), ==, sizes[i]);
        g_assert_nonnull(rvl_secret_octets(secret));
        g_assert_true(is_zero(rvl_secret_octets(secret), sizes[i]));
        memset(rvl_secret_fill(secret), 0xa5, sizes[i]);
    }
}

static void
copies_slices_and_concatenates(void)
{
    g_autoptr(RvlSecret) a = rvl_secret_new_copy("abcdef", 6);
    g_autoptr(RvlSecret) slice = rvl_secret_new_slice(a, 2, 3);
    g_autoptr(RvlSecret) both = rvl_secret_new_concat(slice, a);
    g_autoptr(RvlSecret) none = rvl_secret_new_slice(a, 6, 0);

    g_assert_cmpmem(rvl_secret_octets(slice), rvl_secret_size(slice), "cde", 3);
    g_assert_cmpmem(rvl_secret_octets(both), rvl_secret_size(both), "cdeabcdef", 9);
    g_assert_cmpuint(rvl_secret_size(none), ==, 0);
}

static void
is_wiped_with_its_last_reference(void)
{
    g_autoptr(RvlSecret) anchor = rvl_secret_new(32); /* keeps the slab's chunk mapped */
    RvlSecret *secret = rvl_secret_new(32);
    const uint8_t *octets = rvl_secret_octets(secret);

    memset(rvl_secret_fill(secret), 0x5a, 32);
    (void)rvl_secret_ref(secret);
    rvl_secret_unref(secret);
    g_assert_cmphex(octets[31], ==, 0x5a);
    rvl_secret_unref(secret);
    g_assert_true(is_zero(octets, 32));
    g_assert_nonnull(anchor);
}

static void
equality_looks_at_every_octet(void)
{
    uint8_t a[48], b[48];

    memset(a, 7, sizeof(a));
    memcpy(b, a, sizeof(b));
    g_assert_true(rvl_secret_equal(a, b, sizeof(a)));
    for (size_t i = 0; i < sizeof(a); i++) {
        b[i] ^= 0x80;
        g_assert_false(rvl_secret_equal(a, b, sizeof(a)));
        b[i] ^= 0x80;
    }
    g_assert_true(rvl_secret_equal(a, b, 0));
    rvl_secret_wipe(a, sizeof(a));
    g_assert_true(is_zero(a, sizeof(a)));
}

/* Returns the number after @name in a table such as /proc/self/status; -1 where there is none. */
static long
status_number(const char *name)
{
    g_autofree char *text = NULL;
    const char *line;

    if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL))
        return -1;
    line = strstr(text, name);
    return line != NULL ? strtol(line + strlen(name), NULL, 10) : -1;
}

/* Returns the flags of the mapping that holds @octets, or NULL. */
static char *
mapping_flags(const void *octets)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    bool within = false;

    if (!g_file_get_contents("/proc/self/smaps", &text, NULL, NULL))
        return NULL;
    lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++) {
        unsigned long first, last;

        if (sscanf(lines[i], "%lx-%lx ", &first, &last) == 2)
            within = (uintptr_t)octets >= first && (uintptr_t)octets < last;
        else if (within && g_str_has_prefix(lines[i], "VmFlags:"))
            return g_strdup(lines[i] + strlen("VmFlags:"));
    }
    return NULL;
}

static void
memory_is_left_out_of_core_dumps(void)
{
    g_autoptr(RvlSecret) secret = rvl_secret_new(32);
    g_autofree char *flags = mapping_flags(rvl_secret_octets(secret));

    if (flags == NULL) {
        g_test_skip("/proc/self/smaps tells no flags of mappings here");
        return;
    }
    g_assert_nonnull(strstr(flags, " dd"));
    g_assert_nonnull(strstr(flags, " wf"));
}

static void
hundred_thousand_fit_a_small_lock_limit(void)
{
    enum { COUNT = 100000, LIMIT_KIB = 8192 }; /* the kernel's default RLIMIT_MEMLOCK */
    RvlSecret **secrets = g_new0(RvlSecret *, COUNT);
    long before = status_number("VmLck:");
    long after;

    for (size_t i = 0; i < COUNT; i++)
        secrets[i] = rvl_secret_new_copy(&i, sizeof(i));
    after = status_number("VmLck:");
    for (size_t i = 0; i < COUNT; i++) {
        g_assert_cmpmem(rvl_secret_octets(secrets[i]), rvl_secret_size(secrets[i]), &i, sizeof(i));
        rvl_secret_unref(secrets[i]);
    }
    /* 64-octet keys: what SHA2-512 needs, the largest of usual suites. */
    for (size_t i = 0; i < COUNT; i++)
        secrets[i] = rvl_secret_new(64);
    after = MAX(after, status_number("VmLck:"));
    for (size_t i = 0; i < COUNT; i++)
        rvl_secret_unref(secrets[i]);
    g_free(secrets);

    if (before < 0 || !MLOCK_IS_REAL || !rvl_secret_memory_is_locked()) {
        g_test_message("nothing could be locked: the amount was not measured");
        return;
    }
    g_assert_cmpint(after, <=, LIMIT_KIB);
    g_assert_cmpint(status_number("VmLck:"), <, 1024); /* and it is given back */
}

/* Runs @check in a child; returns how that ended. */
static int
run_in_child(void (*check)(void))
{
    pid_t child = fork();
    int status = 0;

    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        prctl(PR_SET_DUMPABLE, 0);
        check();
        _exit(0);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    return status;
}

static RvlSecret *of_the_parent;

static void
read_the_parents_secret(void)
{
    _exit(is_zero(rvl_secret_octets(of_the_parent), 32) ? 0 : 1);
}

static void
forked_child_sees_zeros(void)
{
    int status;

    of_the_parent = rvl_secret_new(32);
    memset(rvl_secret_fill(of_the_parent), 0x77, 32);
    status = run_in_child(read_the_parents_secret);
    g_assert_cmphex(rvl_secret_octets(of_the_parent)[0], ==, 0x77);
    g_clear_pointer(&of_the_parent, rvl_secret_unref);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

/* Writes on and on, until it meets the guard page: far less than a chunk and a page away. */
static void
overrun(void)
{
    RvlSecret *secret = rvl_secret_new(32);
    volatile uint8_t *at = rvl_secret_fill(secret);

    signal(SIGSEGV, SIG_DFL);
    for (size_t i = 0; i < 1u << 20; i++)
        at[i] = 1;
}

static void
overrun_meets_a_guard_page(void)
{
    int status = run_in_child(overrun);

    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGSEGV);
}

static void
use_without_lock_limit(void)
{
    const struct rlimit none = {0, 0};
    RvlSecret *secrets[2000];

    /* Root may lock regardless of the limit: become nobody, where that is possible. */
    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0))
        _exit(77);
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++)
        secrets[i] = rvl_secret_new_copy("0123456789abcdef", 16);
    if (MLOCK_IS_REAL && rvl_secret_memory_is_locked())
        _exit(2);
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++) {
        if (memcmp(rvl_secret_octets(secrets[i]), "0123456789abcdef", 16) != 0)
            _exit(3);
        rvl_secret_unref(secrets[i]);
    }
}

static void
works_without_a_lock_limit(void)
{
    int status = run_in_child(use_without_lock_limit);

    g_assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        g_test_skip("the lock limit cannot be lowered here");
    else
        g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

static gpointer
churn(gpointer data)
{
    for (unsigned i = 0; i < 20000; i++) {
        g_autoptr(RvlSecret) secret = rvl_secret_new(1 + i % 96);

        if (!is_zero(rvl_secret_octets(secret), 1 + i % 96))
            return data;
        memset(rvl_secret_fill(secret), 0xee, 1 + i % 96);
    }
    return NULL;
}

static void
threads_share_the_slab(void)
{
    GThread *threads[4];

    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("churn", churn, threads);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        g_assert_null(g_thread_join(threads[i]));
}

static void
store_hands_out_handles_once(void)
{
    g_autoptr(RvlSecretStore) store = rvl_secret_store_new();
    const RvlSecretServices *services = rvl_secret_store_services(store);
    g_autoptr(RvlSecret) secret = rvl_secret_new_copy("key", 3);
    RvlSecretId first = services->put(services->context, secret);
    RvlSecretId second = services->put(services->context, secret);
    g_autoptr(RvlSecret) found = services->get(services->context, first);

    g_assert_true(found == secret);
    g_assert_cmpuint(first, !=, RVL_SECRET_ID_NONE);
    g_assert_cmpuint(second, !=, first);
    g_assert_cmpuint(services->count(services->context), ==, 2);
    services->release(services->context, first);
    services->release(services->context, first);
    services->release(services->context, RVL_SECRET_ID_NONE);
    g_assert_null(services->get(services->context, first));
    g_assert_cmpuint(services->put(services->context, secret), >, second);
    g_assert_cmpuint(services->count(services->context), ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/secret/begins-as-zeros-and-holds-what-is-filled-in",
                    begins_as_zeros_and_holds_what_is_filled_in);
    g_test_add_func("/lib/secret/copies-slices-and-concatenates", copies_slices_and_concatenates);
    g_test_add_func("/lib/secret/is-wiped-with-its-last-reference",
                    is_wiped_with_its_last_reference);
    g_test_add_func("/lib/secret/equality-looks-at-every-octet", equality_looks_at_every_octet);
    g_test_add_func("/lib/secret/memory-is-left-out-of-core-dumps",
                    memory_is_left_out_of_core_dumps);
    g_test_add_func("/lib/secret/hundred-thousand-fit-a-small-lock-limit",
                    hundred_thousand_fit_a_small_lock_limit);
    g_test_add_func("/lib/secret/forked-child-sees-zeros", forked_child_sees_zeros);
    g_test_add_func("/lib/secret/overrun-meets-a-guard-page", overrun_meets_a_guard_page);
    g_test_add_func("/lib/secret/works-without-a-lock-limit", works_without_a_lock_limit);
    g_test_add_func("/lib/secret/threads-share-the-slab", threads_share_the_slab);
    g_test_add_func("/lib/secret/store-hands-out-handles-once", store_hands_out_handles_once);
    return g_test_run();
}
