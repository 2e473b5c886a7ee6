/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The anti-replay window beside a model that remembers every number, and ESN around 2^32. */
#include "config.h"

#include "replay-window.h"

/* All numbers that were set: what the window must agree with, within its size. */
typedef struct {
    GHashTable *seen;
    uint64_t top;
    uint32_t size;
} Model;

static bool
model_check(const Model *model, uint64_t sequence)
{
    if (sequence == 0)
        return false;
    if (sequence > model->top)
        return true;
    if (model->top - sequence >= model->size)
        return false;
    return !g_hash_table_contains(model->seen, &sequence);
}

static void
model_set(Model *model, uint64_t sequence)
{
    g_hash_table_add(model->seen, g_memdup2(&sequence, sizeof sequence));
    model->top = MAX(model->top, sequence);
}

/* Steps mostly small, sometimes far ahead, sometimes behind the window. */
static uint64_t
next_number(GRand *random, const Model *model)
{
    uint32_t kind = g_rand_int_range(random, 0, 100);
    int64_t reach = (int64_t)model->size + 200;
    int64_t step = kind < 60   ? g_rand_int_range(random, -20, 21)
                   : kind < 97 ? g_rand_int_range(random, (int32_t)-reach, 65)
                               : g_rand_int_range(random, 0, (int32_t)(4 * reach));
    int64_t number = (int64_t)model->top + step;

    return number < 0 ? 0 : (uint64_t)number;
}

static void
agrees_with_a_model(gconstpointer data)
{
    uint32_t size = GPOINTER_TO_UINT(data);
    Model model = {
        .seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
        .size = size,
    };
    GRand *random = g_rand_new_with_seed(size);
    unsigned passed = 0, refused = 0;
    ReplayWindow window;

    replay_window_init(&window, size);
    for (unsigned i = 0; i < 50000; i++) {
        uint64_t number = next_number(random, &model);
        bool expected = model_check(&model, number);

        g_assert_cmpint(replay_window_check(&window, number), ==, expected);
        if (expected) {
            replay_window_set(&window, number);
            model_set(&model, number);
        }
        passed += expected;
        refused += !expected;
    }
    g_assert_cmpuint(passed, >, 1000);
    g_assert_cmpuint(refused, >, 1000);
    replay_window_clear(&window);
    g_rand_free(random);
    g_hash_table_unref(model.seen);
}

static void
jump_of_whole_ring_forgets_all(void)
{
    ReplayWindow window;

    replay_window_init(&window, 64);
    for (uint64_t i = 1; i <= 64; i++)
        replay_window_set(&window, i);
    replay_window_set(&window, 1000000);
    g_assert_false(replay_window_check(&window, 64));
    for (uint64_t i = 1000000 - 63; i < 1000000; i++)
        g_assert_true(replay_window_check(&window, i));
    g_assert_false(replay_window_check(&window, 1000000 - 64));
    replay_window_clear(&window);
}

static void
no_window_refuses_only_zero(void)
{
    ReplayWindow window;

    replay_window_init(&window, 0);
    replay_window_set(&window, 10);
    g_assert_true(replay_window_check(&window, 10));
    g_assert_true(replay_window_check(&window, 1));
    g_assert_false(replay_window_check(&window, 0));
    replay_window_clear(&window);
}

/* RFC 4303 A2: what the receiver takes the whole number for. */
static const struct {
    const char *name;
    uint64_t top;
    uint32_t size;
    uint32_t low;
    uint64_t inferred; /* 0: left of everything */
} inferences[] = {
    {"first-packet", 0, 64, 1, 1},
    {"start-takes-a-large-number-for-old", 0, 64, 0xffffffff, 0},
    {"within-the-window", 1000, 64, 990, 990},
    {"last-of-the-window", 1000, 64, 937, 937},
    {"left-of-the-window-is-the-next-subspace", 1000, 64, 936, (UINT64_C(1) << 32) + 936},
    {"last-before-the-boundary", 0xfffffffe, 64, 0xffffffff, 0xffffffff},
    {"over-the-boundary", 0xffffffff, 64, 0, UINT64_C(1) << 32},
    {"over-the-boundary-with-loss", 0xfffffff0, 64, 5, (UINT64_C(1) << 32) + 5},
    {"back-over-the-boundary", (UINT64_C(1) << 32) + 5, 64, 0xfffffff0, 0xfffffff0},
    {"window-reaches-back-exactly", (UINT64_C(1) << 32) + 5, 64, 0xffffffc6, 0xffffffc6},
    {"beyond-it-is-this-subspace", (UINT64_C(1) << 32) + 5, 64, 0xffffffc5,
     (UINT64_C(1) << 32) + 0xffffffc5},
    {"third-subspace", (UINT64_C(3) << 32) + 10, 4096, 0xfffff800,
     (UINT64_C(2) << 32) + 0xfffff800},
};

static void
high_bits_are_inferred(gconstpointer data)
{
    const typeof(inferences[0]) *c = data;
    ReplayWindow window;
    uint64_t sequence = 0;
    bool found;

    replay_window_init(&window, c->size);
    window.top = c->top;
    found = replay_window_infer(&window, c->low, &sequence);
    g_assert_cmpint(found, ==, c->inferred != 0);
    if (found)
        g_assert_cmpuint(sequence, ==, c->inferred);
    replay_window_clear(&window);
}

/* 2^17 numbers across the boundary, in pairs that change places, a few lost. */
static void
numbers_cross_the_boundary_in_any_order(void)
{
    uint64_t first = (UINT64_C(1) << 32) - 65536;
    ReplayWindow window;

    replay_window_init(&window, 4096);
    window.top = first - 1;
    for (uint64_t i = 0; i < 131072; i++) {
        uint64_t sent = first + (i ^ 1), inferred;

        if (i % 1009 == 0)
            continue;
        g_assert_true(replay_window_infer(&window, (uint32_t)sent, &inferred));
        g_assert_cmpuint(inferred, ==, sent);
        g_assert_true(replay_window_check(&window, inferred));
        replay_window_set(&window, inferred);
        g_assert_false(replay_window_check(&window, inferred));
    }
    replay_window_clear(&window);
}

int
main(int argc, char **argv)
{
    const uint32_t sizes[] = {1, 32, 63, 64, 65, 128, 1000, 4096, REPLAY_WINDOW_MAX};

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *path =
            g_strdup_printf("/userspace/replay-window/agrees-with-a-model/%u", sizes[i]);

        g_test_add_data_func(path, GUINT_TO_POINTER(sizes[i]), agrees_with_a_model);
    }
    g_test_add_func("/userspace/replay-window/jump-of-whole-ring-forgets-all",
                    jump_of_whole_ring_forgets_all);
    g_test_add_func("/userspace/replay-window/no-window-refuses-only-zero",
                    no_window_refuses_only_zero);
    for (size_t i = 0; i < G_N_ELEMENTS(inferences); i++) {
        g_autofree char *path =
            g_strdup_printf("/userspace/replay-window/esn/%s", inferences[i].name);

        g_test_add_data_func(path, &inferences[i], high_bits_are_inferred);
    }
    g_test_add_func("/userspace/replay-window/esn/numbers-cross-the-boundary-in-any-order",
                    numbers_cross_the_boundary_in_any_order);
    return g_test_run();
}
