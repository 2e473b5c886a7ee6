/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "Did you mean": near names are found, far ones are not offered. */
#include "config.h"

#include "config/nearest.h"

static const char *const names[] = {
    "remote-address", "remote-port", "remote-id", "protect", "pfs", "psk", "keep", "aes256gcm16"};

static void
slips_find_the_name(void)
{
    static const struct {
        const char *wanted;
        const char *remedy; /* NULL: none is near */
    } rows[] = {
        {"remote-adress", "did you mean 'remote-address'?"},
        {"remote-addres", "did you mean 'remote-address'?"},
        {"rmeote-port", "did you mean 'remote-port'?"},
        {"protct", "did you mean 'protect'?"},
        {"kepe", "did you mean 'keep'?"},
        {"spk", "did you mean 'psk'?"},
        {"aes265gcm16", "did you mean 'aes256gcm16'?"},
        {"certificate", NULL},
        {"x", NULL},
        {"", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *remedy = NULL;
        RvlNearest nearest;

        rvl_nearest_init(&nearest, rows[i].wanted);
        for (size_t j = 0; j < G_N_ELEMENTS(names); j++)
            rvl_nearest_offer(&nearest, names[j]);
        remedy = rvl_nearest_remedy(&nearest);
        g_assert_cmpstr(remedy, ==, rows[i].remedy);
    }
}

static void
long_names_are_left_alone(void)
{
    g_autofree char *name = g_strnfill(100000, 'x');
    RvlNearest nearest;

    rvl_nearest_init(&nearest, name);
    rvl_nearest_offer(&nearest, name);
    g_assert_null(nearest.best);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/config/nearest/slips-find-the-name", slips_find_the_name);
    g_test_add_func("/config/nearest/long-names-are-left-alone", long_names_are_left_alone);
    return g_test_run();
}
