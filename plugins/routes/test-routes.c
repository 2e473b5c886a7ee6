/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Routes and guard in a namespace of the test's own: what is made, taken over, and removed to the last. */
#include "config.h"

#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ravelin/error.h>
#include <ravelin/plugin.h>

#include "test-namespace.h"

extern const RvlPlugin routes_LTX_rvl_plugin;

/* ---- cases ---- */

static void
removal_leaves_what_was_before(Fixture *fixture, gconstpointer data)
{
    g_autofree char *before = NULL, *during = NULL, *after = NULL;
    Wanted wanted;

    (void)data;
    if (fixture->guard == NULL)
        return;
    before = snapshot(fixture);
    fill_wanted(&wanted, fixture, "test:berlin");
    must_set(fixture, &wanted.set);
    during = snapshot(fixture);
    g_assert_cmpuint(count_lines(during, "proto 82"), ==, 4); /* a route and its shadow, twice */
    g_assert_cmpuint(count_lines(during, "type 7 proto 82"), ==, 2);
    g_assert_cmpuint(count_lines(during, "rule of test:berlin"), ==, 6); /* 2 pairs, 4 records */
    g_assert_cmpuint(count_lines(during, "address "), ==, count_lines(before, "address ") + 2);
    must_set(fixture, &wanted.set); /* the same again changes nothing */
    after = snapshot(fixture);
    g_assert_cmpstr(after, ==, during);
    must_remove(fixture, "test:berlin");
    must_remove(fixture, "test:berlin");
    g_free(after);
    after = snapshot(fixture);
    g_assert_cmpstr(after, ==, before);
}

static void
change_removes_what_is_too_much(Fixture *fixture, gconstpointer data)
{
    g_autofree char *one = NULL, *two = NULL;
    Wanted wanted;

    (void)data;
    if (fixture->guard == NULL)
        return;
    fill_wanted(&wanted, fixture, "test:berlin");
    wanted.set.n_destinations = 1;
    must_set(fixture, &wanted.set);
    one = snapshot(fixture);
    wanted.set.n_destinations = 2;
    must_set(fixture, &wanted.set);
    wanted.set.n_destinations = 1;
    must_set(fixture, &wanted.set);
    two = snapshot(fixture);
    g_assert_cmpstr(one, ==, two);
    must_remove(fixture, "test:berlin");
}

/* `routes = no`: the guard stands without them. */
static void
guard_stands_without_routes(Fixture *fixture, gconstpointer data)
{
    g_autofree char *before = NULL, *during = NULL, *after = NULL;
    Wanted wanted;

    (void)data;
    if (fixture->guard == NULL)
        return;
    before = snapshot(fixture);
    fill_wanted(&wanted, fixture, "test:berlin");
    wanted.set.needs |= RVL_ROUTES_NEEDS_GUARD_ONLY;
    wanted.set.is_guard_only = true;
    wanted.set.n_addresses = 0;
    must_set(fixture, &wanted.set);
    during = snapshot(fixture);
    g_assert_cmpuint(count_lines(during, "proto 82"), ==, 0);
    g_assert_cmpuint(count_lines(during, "rule of test:berlin"), ==, 2);
    must_remove(fixture, "test:berlin");
    after = snapshot(fixture);
    g_assert_cmpstr(after, ==, before);
}

static void
shared_destination_stays_for_the_other(Fixture *fixture, gconstpointer data)
{
    g_autofree char *before = NULL, *during = NULL, *after = NULL;
    Wanted berlin, paris;

    (void)data;
    if (fixture->guard == NULL)
        return;
    before = snapshot(fixture);
    fill_wanted(&berlin, fixture, "test:berlin");
    fill_wanted(&paris, fixture, "test:paris");
    must_set(fixture, &berlin.set);
    must_set(fixture, &paris.set);
    must_remove(fixture, "test:berlin");
    during = snapshot(fixture);
    g_assert_cmpuint(count_lines(during, "proto 82"), ==, 4);
    g_assert_cmpuint(count_lines(during, "rule of test:berlin"), ==, 0);
    must_remove(fixture, "test:paris");
    after = snapshot(fixture);
    g_assert_cmpstr(after, ==, before);
}

/* A killed daemon: its interface goes with it, nothing else does. */
static void
killed_daemon_leaves_it_closed(Fixture *fixture, gconstpointer data)
{
    g_autofree char *before = NULL, *orphaned = NULL, *taken_over = NULL, *after = NULL;
    const char *const owners[] = {"test:berlin", NULL};
    g_autoptr(GError) error = NULL;
    Wanted wanted;

    (void)data;
    if (fixture->guard == NULL)
        return;
    before = snapshot(fixture);
    fill_wanted(&wanted, fixture, "test:berlin");
    must_set(fixture, &wanted.set);
    wanted.set.owner = "test:gone";
    must_set(fixture, &wanted.set);
    close(fixture->tun);
    tear_down(&(Fixture){.tun = -1, .netlink = fixture->netlink, .guard = fixture->guard}, NULL);

    fixture->netlink = netlink_new(NETLINK_ROUTE, 0, NULL);
    fixture->guard = guard_new("test", NULL);
    orphaned = snapshot(fixture);
    g_assert_cmpuint(count_lines(orphaned, "type 7 proto 82"), ==, 2); /* unreachable */
    g_assert_cmpuint(count_lines(orphaned, "type 1 proto 82"), ==, 0);
    g_assert_cmpuint(count_lines(orphaned, "rule of test:berlin"), ==, 6);

    /* The next start keeps what is configured, and takes it over. */
    connection_routes_retain(SYSTEM(fixture), owners, &error);
    g_assert_no_error(error);
    g_assert_true(open_tun(fixture));
    fill_wanted(&wanted, fixture, "test:berlin");
    must_set(fixture, &wanted.set);
    taken_over = snapshot(fixture);
    g_assert_cmpuint(count_lines(taken_over, "proto 82"), ==, 4);
    g_assert_cmpuint(count_lines(taken_over, "rule of test:gone"), ==, 0);
    connection_routes_retain(SYSTEM(fixture), NULL, &error);
    g_assert_no_error(error);
    after = snapshot(fixture);
    g_assert_cmpstr(after, ==, before);
}

static void
foreign_route_in_a_named_table_is_a_conflict(Fixture *fixture, gconstpointer data)
{
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
    struct nlmsghdr *message;
    struct rtmsg *body;
    g_autoptr(GError) error = NULL;
    g_autofree char *before = NULL, *after = NULL;
    Wanted wanted;

    (void)data;
    if (fixture->guard == NULL)
        return;
    fill_wanted(&wanted, fixture, "test:berlin");
    wanted.set.needs |= RVL_ROUTES_NEEDS_TABLE;
    wanted.set.table = RT_TABLE_MAIN;
    message = netlink_request(buffer, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    body = mnl_nlmsg_put_extra_header(message, sizeof *body);
    body->rtm_family = AF_INET;
    body->rtm_dst_len = 16;
    body->rtm_table = RT_TABLE_MAIN;
    body->rtm_protocol = RTPROT_STATIC;
    body->rtm_scope = RT_SCOPE_LINK;
    body->rtm_type = RTN_UNICAST;
    mnl_attr_put(message, RTA_DST, 4, wanted.destinations[0].address.octets);
    mnl_attr_put_u32(message, RTA_OIF, fixture->index);
    g_assert_cmpint(netlink_call(fixture->netlink, message), ==, 0);
    before = snapshot(fixture);
    g_assert_false(connection_routes_set(SYSTEM(fixture), &wanted.set, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_ROUTE_CONFLICT);
    must_remove(fixture, "test:berlin");
    after = snapshot(fixture);
    g_assert_cmpstr(after, ==, before);
}

/* ---- addresses, as the plugin tells of them ---- */

typedef struct {
    void *self;
    const RvlRoutes *routes;
    GPtrArray *told; /* `+10.81.0.1%0`, but of addresses that the kernel made */
} Watch;

static void
note_address(const RvlLocalAddress *local, bool is_present, void *user_data)
{
    const Watch *watch = user_data;
    char text[RVL_ADDRESS_TEXT];

    if (local->address.family == RVL_FAMILY_IPV4)
        g_ptr_array_add(watch->told,
                        g_strdup_printf("%c%s%%%u", is_present ? '+' : '-',
                                        rvl_address_format(&local->address, text), local->scope));
    else if (rvl_address_is_link_local(&local->address))
        g_assert_cmpuint(local->scope, !=, 0);
}

static void
watch_start(Watch *watch)
{
    static const RvlHost host = {.size = sizeof host, .owner = "test"};
    g_autoptr(GError) error = NULL;

    *watch = (Watch){.routes = routes_LTX_rvl_plugin.provides[0].interface};
    watch->told = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(routes_LTX_rvl_plugin.load(&host, NULL, &watch->self, &error));
    g_assert_true(watch->routes->watch_addresses(watch->self, note_address, watch, &error));
    g_assert_no_error(error);
}

static void
watch_stop(Watch *watch)
{
    g_assert_true(watch->routes->watch_addresses(watch->self, NULL, NULL, NULL));
    routes_LTX_rvl_plugin.unload(watch->self);
    g_ptr_array_unref(watch->told);
}

/* What was told since the last time is @wanted, in this order. */
static void
assert_told(const Watch *watch, const char *wanted)
{
    g_autofree char *told = NULL;

    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_ptr_array_add(watch->told, NULL);
    told = g_strjoinv(" ", (char **)watch->told->pdata);
    g_assert_cmpstr(told, ==, wanted);
    g_ptr_array_set_size(watch->told, 0);
}

/* The kernel speaks of an address again when its lease is renewed. */
static void
address_is_told_once(Fixture *fixture, gconstpointer data)
{
    const RvlPrefix before = prefix("10.81.0.1/32"), later = prefix("10.81.0.2/32");
    uint32_t loopback = if_nametoindex("lo");
    Watch watch;

    (void)data;
    if (fixture->guard == NULL)
        return;
    set_flags_up("lo");
    g_assert_cmpint(address_add(fixture->netlink, fixture->index, &before), ==, 0);
    watch_start(&watch);
    assert_told(&watch, "+127.0.0.1%0 +10.81.0.1%0");
    g_assert_cmpint(address_add(fixture->netlink, fixture->index, &before), ==, 0);
    g_assert_cmpint(address_add(fixture->netlink, fixture->index, &later), ==, 0);
    g_assert_cmpint(address_add(fixture->netlink, fixture->index, &later), ==, 0);
    g_assert_cmpint(address_add(fixture->netlink, loopback, &later), ==, 0);
    assert_told(&watch, "+10.81.0.2%0");
    g_assert_cmpint(address_remove(fixture->netlink, fixture->index, &later), ==, 0);
    assert_told(&watch, "");
    g_assert_cmpint(address_remove(fixture->netlink, loopback, &later), ==, 0);
    assert_told(&watch, "-10.81.0.2%0");
    watch_stop(&watch);
}

/* Only IPv6's link-local addresses go with their interface. */
static void
scope_is_of_ipv6_alone(Fixture *fixture, gconstpointer data)
{
    const RvlPrefix address = prefix("169.254.7.7/32");
    Watch watch;

    (void)data;
    if (fixture->guard == NULL)
        return;
    set_flags_up("lo");
    watch_start(&watch);
    g_assert_cmpint(address_add(fixture->netlink, fixture->index, &address), ==, 0);
    g_assert_cmpint(address_remove(fixture->netlink, fixture->index, &address), ==, 0);
    assert_told(&watch, "+127.0.0.1%0 +169.254.7.7%0 -169.254.7.7%0");
    watch_stop(&watch);
}

/* More news than the kernel keeps for us: the last of them are lost. */
static void
lost_news_are_made_up_for(Fixture *fixture, gconstpointer data)
{
    const RvlPrefix going = prefix("10.81.0.1/32"), staying = prefix("10.81.0.2/32");
    const RvlPrefix coming = prefix("10.81.0.3/32");
    Watch watch;

    (void)data;
    if (fixture->guard == NULL)
        return;
    set_flags_up("lo");
    g_assert_cmpint(address_add(fixture->netlink, fixture->index, &going), ==, 0);
    g_assert_cmpint(address_add(fixture->netlink, fixture->index, &staying), ==, 0);
    watch_start(&watch);
    assert_told(&watch, "+127.0.0.1%0 +10.81.0.1%0 +10.81.0.2%0");
    for (unsigned i = 0; i < 10000; i++)
        g_assert_cmpint(address_add(fixture->netlink, fixture->index, &staying), ==, 0);
    g_assert_cmpint(address_remove(fixture->netlink, fixture->index, &going), ==, 0);
    g_assert_cmpint(address_add(fixture->netlink, fixture->index, &coming), ==, 0);
    assert_told(&watch, "-10.81.0.1%0 +10.81.0.3%0");
    watch_stop(&watch);
}

static void
records_survive_packing(void)
{
    const Record records[] = {
        {.kind = RECORD_ROUTE, .prefix = prefix("10.0.0.0/8"), .table = 254},
        {.kind = RECORD_ROUTE, .prefix = prefix("::/0"), .table = 0xfffffffe},
        {.kind = RECORD_ADDRESS, .prefix = prefix("fd00::1/128"), .interface = "ravelin12345678"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(records); i++) {
        uint8_t octets[RECORD_OCTETS];
        size_t n = record_pack(&records[i], octets);
        Record read;

        g_assert_true(record_unpack(octets, n, &read));
        g_assert_true(record_equal(&records[i], &read));
        for (size_t k = 0; k < n; k++)
            g_assert_false(record_unpack(octets, k, &read));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    enter_namespace();
    g_test_add_func("/routes/records-survive-packing", records_survive_packing);
#define CASE(name, function) g_test_add("/routes/" name, Fixture, NULL, set_up, function, tear_down)
    CASE("removal-leaves-what-was-before", removal_leaves_what_was_before);
    CASE("change-removes-what-is-too-much", change_removes_what_is_too_much);
    CASE("guard-stands-without-routes", guard_stands_without_routes);
    CASE("shared-destination-stays-for-the-other", shared_destination_stays_for_the_other);
    CASE("killed-daemon-leaves-it-closed", killed_daemon_leaves_it_closed);
    CASE("foreign-route-in-a-named-table-is-a-conflict",
         foreign_route_in_a_named_table_is_a_conflict);
    CASE("address-is-told-once", address_is_told_once);
    CASE("scope-is-of-ipv6-alone", scope_is_of_ipv6_alone);
    CASE("lost-news-are-made-up-for", lost_news_are_made_up_for);
    return g_test_run();
}
