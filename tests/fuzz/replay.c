/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a fuzz target without libFuzzer: its seeds, each truncation and each bit-flip of them. */
#include "config.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

/* Flips and truncations of one seed: its first octets, where headers and lengths are. */
enum { FLIPPED_OCTETS = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void
run(const uint8_t *octets, size_t n)
{
    /* A copy of exactly n octets, so that a read past the end is one past the allocation. */
    g_autofree uint8_t *copy = g_memdup2(octets, n);

    g_assert_cmpint(LLVMFuzzerTestOneInput(copy, n), ==, 0);
}

static void
seed_and_its_neighbours(gconstpointer data)
{
    const char *path = data;
    g_autofree char *contents = NULL;
    g_autoptr(GError) error = NULL;
    size_t n;

    g_file_get_contents(path, &contents, &n, &error);
    g_assert_no_error(error);

    uint8_t *octets = (uint8_t *)contents;
    size_t near = MIN(n, FLIPPED_OCTETS);

    run(octets, n);
    for (size_t i = 0; i < near; i++)
        run(octets, i);
    for (size_t bit = 0; bit < near * 8; bit++) {
        octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
        run(octets, n);
        octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void
nothing(void)
{
    uint8_t none = 0;

    g_assert_cmpint(LLVMFuzzerTestOneInput(&none, 0), ==, 0);
}

/* The corpus is named after the target: fuzz-payloads has corpus/payloads. */
static char *
corpus_of(const char *program)
{
    g_autofree char *base = g_path_get_basename(program);
    const char *name = strstr(base, "fuzz-");

    g_assert_nonnull(name);
    return g_test_build_filename(G_TEST_DIST, "tests", "fuzz", "corpus", name + strlen("fuzz-"),
                                 NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    g_autofree char *corpus = corpus_of(argv[0]);
    g_autoptr(GDir) folder = g_dir_open(corpus, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
        g_ptr_array_add(names, g_strdup(name));

    g_test_add_func("/fuzz/nothing", nothing);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_strconcat("/fuzz/", g_ptr_array_index(names, i), NULL);
        g_test_add_data_func_full(path, g_build_filename(corpus, g_ptr_array_index(names, i), NULL),
                                  seed_and_its_neighbours, g_free);
    }
    return g_test_run();
}
