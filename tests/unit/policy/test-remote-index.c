/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections by where their peer may be: the best fits first, and other networks are never met. */
#include "config.h"

#include "policy/remote-index.h"

/* A connection whose peer is at @text: a prefix, a range, `name` or `any`. */
static RvlConnection *
connection_at(const char *text)
{
    RvlConnection *connection = g_new0(RvlConnection, 1);
    RvlRemote *remote = g_new0(RvlRemote, 1);
    g_auto(GStrv) ends = g_strsplit(text, "-", 2);
    RvlPrefix prefix;

    connection->name = text;
    connection->remotes = remote;
    connection->n_remotes = g_str_equal(text, "any") ? 0 : 1;
    if (g_str_equal(text, "name")) {
        remote->name = (char *)text;
    } else if (ends[0] != NULL && ends[1] != NULL) {
        g_assert_true(rvl_address_parse(ends[0], &remote->range.first));
        g_assert_true(rvl_address_parse(ends[1], &remote->range.last));
    } else if (connection->n_remotes > 0) {
        g_assert_true(rvl_prefix_parse(text, &prefix, NULL));
        rvl_range_from_prefix(&prefix, &remote->range);
    }
    return connection;
}

static void
connection_free(gpointer data)
{
    RvlConnection *connection = data;

    g_free((gpointer)connection->remotes);
    g_free(connection);
}

static GPtrArray *
connections_at(const char *const *texts)
{
    GPtrArray *connections = g_ptr_array_new_with_free_func(connection_free);

    for (; *texts != NULL; texts++)
        g_ptr_array_add(connections, connection_at(*texts));
    return connections;
}

typedef struct {
    const char *refused; /* (nullable): name of the one that doesn't fit */
    unsigned *asked;
} Wish;

static bool
fits(const RvlConnection *connection, const void *user_data)
{
    const Wish *wish = user_data;

    ++*wish->asked;
    return wish->refused == NULL || !g_str_equal(connection->name, wish->refused);
}

/* The name of what is found, or `none`. */
static const char *
find(const RvlRemoteIndex *index, const char *remote, const char *refused, unsigned *asked)
{
    const Wish wish = {.refused = refused, .asked = asked};
    const RvlConnection *found;
    RvlAddress address;

    *asked = 0;
    g_assert_true(rvl_address_parse(remote, &address));
    found = rvl_remote_index_find(index, &address, fits, &wish);
    return found != NULL ? found->name : "none";
}

static void
best_comes_first(void)
{
    static const char *const texts[] = {
        "192.0.2.128/25",
        "192.0.2.0/24",
        "198.51.100.7-198.51.100.20",
        "2001:db8::/32",
        "name",
        "0.0.0.0/0",
        "any",
        NULL,
    };
    static const struct {
        const char *remote;
        const char *refused;
        const char *found;
    } cases[] = {
        {"192.0.2.200", NULL, "192.0.2.128/25"},
        {"192.0.2.200", "192.0.2.128/25", "192.0.2.0/24"},
        {"192.0.2.1", NULL, "192.0.2.0/24"},
        {"192.0.2.1", "192.0.2.0/24", "name"},
        {"198.51.100.6", NULL, "name"},
        {"198.51.100.7", NULL, "198.51.100.7-198.51.100.20"},
        {"198.51.100.20", NULL, "198.51.100.7-198.51.100.20"},
        {"198.51.100.21", "name", "0.0.0.0/0"},
        {"2001:db8:ffff::1", NULL, "2001:db8::/32"},
        {"2001:db9::1", "name", "any"}, /* all of IPv4 is not all of IPv6 */
    };
    g_autoptr(GPtrArray) connections = connections_at(texts);
    g_autoptr(RvlRemoteIndex) index = rvl_remote_index_new(connections);
    unsigned asked;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(find(index, cases[i].remote, cases[i].refused, &asked), ==, cases[i].found);
}

static void
nothing_is_found_where_nobody_is_expected(void)
{
    static const char *const texts[] = {"192.0.2.0/24", NULL};
    g_autoptr(GPtrArray) connections = connections_at(texts);
    g_autoptr(RvlRemoteIndex) index = rvl_remote_index_new(connections);
    unsigned asked;

    g_assert_cmpstr(find(index, "192.0.3.1", NULL, &asked), ==, "none");
    g_assert_cmpstr(find(index, "2001:db8::1", NULL, &asked), ==, "none");
    g_assert_cmpstr(find(index, "192.0.2.1", "192.0.2.0/24", &asked), ==, "none");
}

/* What a stranger costs does not grow with the sites that there are. */
static void
other_networks_are_not_met(void)
{
    enum { SITES = 20000 };
    g_autoptr(GPtrArray) connections = g_ptr_array_new_with_free_func(connection_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(RvlRemoteIndex) index = NULL;
    unsigned asked;

    for (unsigned i = 0; i < SITES; i++) {
        g_ptr_array_add(names, g_strdup_printf("10.%u.%u.0/24", i >> 8, i & 255));
        g_ptr_array_add(connections, connection_at(g_ptr_array_index(names, i)));
    }
    index = rvl_remote_index_new(connections);
    g_assert_cmpstr(find(index, "10.78.31.9", NULL, &asked), ==, "10.78.31.0/24");
    g_assert_cmpuint(asked, ==, 1);
    g_assert_cmpstr(find(index, "192.0.2.1", NULL, &asked), ==, "none");
    g_assert_cmpuint(asked, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/remote-index/best-comes-first", best_comes_first);
    g_test_add_func("/policy/remote-index/nothing-is-found-where-nobody-is-expected",
                    nothing_is_found_where_nobody_is_expected);
    g_test_add_func("/policy/remote-index/other-networks-are-not-met", other_networks_are_not_met);
    return g_test_run();
}
