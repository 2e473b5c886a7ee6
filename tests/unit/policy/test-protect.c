/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `LOCAL <-> REMOTE`. */
#include "config.h"

#include "policy/protect.h"

static const struct {
    const char *text;
    const char *local; /* NULL: refused */
    const char *remote;
} rows[] = {
    {"10.1.0.0/16 <-> 10.2.0.0/16", "10.1.0.0/16", "10.2.0.0/16"},
    {"10.1.0.0/16<->10.2.0.0/16", "10.1.0.0/16", "10.2.0.0/16"},
    {"10.1.0.0/16, 2001:db8:1::/48 <-> 10.3.0.0/16, 2001:db8:3::/48",
     "10.1.0.0/16, 2001:db8:1::/48", "10.3.0.0/16, 2001:db8:3::/48"},
    {"any <-> dynamic", "0.0.0.0/0, ::/0", "dynamic"},
    {"any[tcp/443] <-> dynamic[udp]", "0.0.0.0/0[tcp/443], ::/0[tcp/443]", "dynamic[udp]"},
    {"10.0.0.1-10.0.0.9[47] <-> 192.0.2.1", "10.0.0.1-10.0.0.9[gre]", "192.0.2.1"},
    {"10.1.0.0/16[icmp/8] <-> any", "10.1.0.0/16[icmp/8]", "0.0.0.0/0, ::/0"},
    {"10.1.0.0/16", NULL, NULL},
    {"10.1.0.0/16 <->", NULL, NULL},
    {"<-> 10.1.0.0/16", NULL, NULL},
    {"10.1.0.0/16 <-> ", NULL, NULL},
    {"10.1.0.0/16, <-> 10.2.0.0/16", NULL, NULL},
    {"10.1.0.0/16 <-> ::/0", NULL, NULL},
    {"any[] <-> any", NULL, NULL},
    {"any[tcp <-> any", NULL, NULL},
    {"anyone <-> any", NULL, NULL},
    {"dynamics <-> any", NULL, NULL},
    {"any <-> host.example", NULL, NULL},
};

static void
lists_are_read(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvlSelectors) local = NULL;
        g_autoptr(RvlSelectors) remote = NULL;
        g_autofree char *local_text = NULL;
        g_autofree char *remote_text = NULL;
        g_autoptr(GError) error = NULL;
        bool is_good = rvl_protect_parse(rows[i].text, &local, &remote, &error);

        if (is_good != (rows[i].local != NULL))
            g_test_message("%s", rows[i].text);
        g_assert_cmpint(is_good, ==, rows[i].local != NULL);
        if (!is_good) {
            g_assert_error(error, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
            continue;
        }
        local_text = rvl_protect_format(local);
        remote_text = rvl_protect_format(remote);
        g_assert_cmpstr(local_text, ==, rows[i].local);
        g_assert_cmpstr(remote_text, ==, rows[i].remote);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/protect/lists-are-read", lists_are_read);
    return g_test_run();
}
