/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What bypasses finds the ordinary route, to the last port, and all else the tunnel, as the kernel itself decides. */
#include "config.h"

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ravelin/error.h>
#include <ravelin/plugin.h>

#include "clear-rules.h"
#include "test-namespace.h"

extern const RvlPlugin routes_LTX_rvl_plugin;

/** World: @outside: the ordinary way, to everything; @routes, @self: the plugin. */
typedef struct {
    Fixture fixture;
    int outside;
    uint32_t outside_index;
    const RvlRoutes *routes;
    void *self;
    GError *error;
} World;

static void
take_answer(const GError *error, void *user_data)
{
    World *world = user_data;

    g_clear_error(&world->error);
    world->error = error != NULL ? g_error_copy(error) : NULL;
}

/* Answers come at once: the test reads them after the call. */
static void
invoke(void *context, void (*call)(void *), void *user_data)
{
    (void)context;
    call(user_data);
}

static void
add_ordinary_route(const World *world, const char *text)
{
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
    struct nlmsghdr *message = netlink_request(buffer, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    struct rtmsg *body = mnl_nlmsg_put_extra_header(message, sizeof *body);
    RvlPrefix destination = prefix(text);

    body->rtm_family = destination.address.family == RVL_FAMILY_IPV6 ? AF_INET6 : AF_INET;
    body->rtm_dst_len = destination.length;
    body->rtm_table = RT_TABLE_MAIN;
    body->rtm_protocol = RTPROT_STATIC;
    body->rtm_scope = RT_SCOPE_LINK;
    body->rtm_type = RTN_UNICAST;
    mnl_attr_put(message, RTA_DST, rvl_family_octets(destination.address.family),
                 destination.address.octets);
    mnl_attr_put_u32(message, RTA_OIF, world->outside_index);
    mnl_attr_put_u32(message, RTA_PRIORITY, 4000);
    g_assert_cmpint(netlink_call(world->fixture.netlink, message), ==, 0);
}

static void
load(World *world)
{
    static const RvlHost host = {.size = sizeof host, .owner = "test", .invoke = invoke};
    g_autoptr(GError) error = NULL;

    world->routes = routes_LTX_rvl_plugin.provides[0].interface;
    g_assert_true(routes_LTX_rvl_plugin.load(&host, NULL, &world->self, &error));
    g_assert_no_error(error);
}

static void
world_set_up(World *world, gconstpointer data)
{
    const RvlPrefix own[] = {prefix("10.81.0.1/32"), prefix("fd81::1/128")};

    set_up(&world->fixture, data);
    world->outside = -1;
    if (world->fixture.guard == NULL)
        return;
    world->outside = make_tun("outside");
    world->outside_index = if_nametoindex("outside");
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) /* they outlive the tunnel's interface */
        g_assert_cmpint(address_add(world->fixture.netlink, world->outside_index, &own[i]), ==, 0);
    add_ordinary_route(world, "0.0.0.0/0");
    add_ordinary_route(world, "::/0");
    load(world);
}

static void
world_tear_down(World *world, gconstpointer data)
{
    if (world->self != NULL) {
        world->routes->retain(world->self, "test", NULL, take_answer, world);
        routes_LTX_rvl_plugin.unload(world->self);
    }
    if (world->outside >= 0)
        close(world->outside);
    g_clear_error(&world->error);
    tear_down(&world->fixture, data);
}

static bool
has_world(const World *world)
{
    return world->fixture.guard != NULL;
}

static RvlSelectors *
selectors(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    RvlSelector parsed[8];
    size_t n = 0;

    for (; words[n] != NULL; n++) {
        g_autoptr(GError) error = NULL;

        g_assert_true(rvl_selector_parse(words[n], &parsed[n], &error));
        g_assert_no_error(error);
    }
    return rvl_selectors_new(parsed, n);
}

typedef struct {
    const char *name;
    RvlAction action;
    const char *local;
    const char *remote;
} RuleText;

#define MOST_RULES 4

static void
set_rules(World *world, const RuleText *texts, size_t n)
{
    static const uint16_t ports[] = {500, 4500};
    RvlRoutesRule rules[MOST_RULES] = {{0}};
    g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func((GDestroyNotify)rvl_selectors_unref);
    RvlRoutesRules all = {
        .size = sizeof all,
        .owner = "test//spd",
        .rules = rules,
        .n_rules = n,
        .stride = sizeof rules[0],
        .ports = ports,
        .n_ports = G_N_ELEMENTS(ports),
    };

    for (size_t i = 0; i < n; i++) {
        rules[i] = (RvlRoutesRule){.size = sizeof rules[i],
                                   .name = texts[i].name,
                                   .action = (uint8_t)texts[i].action,
                                   .local = selectors(texts[i].local),
                                   .remote = selectors(texts[i].remote)};
        g_ptr_array_add(held, (gpointer)rules[i].local);
        g_ptr_array_add(held, (gpointer)rules[i].remote);
    }
    world->routes->set_rules(world->self, &all, take_answer, world);
}

static void
set_connection(World *world,
               const char *owner,
               size_t n_destinations,
               const char *const destinations[])
{
    Wanted wanted;

    fill_wanted(&wanted, &world->fixture, owner);
    g_assert_cmpuint(n_destinations, <=, G_N_ELEMENTS(wanted.destinations));
    for (size_t i = 0; i < n_destinations; i++)
        wanted.destinations[i] = prefix(destinations[i]);
    wanted.set.n_destinations = n_destinations;
    world->routes->set(world->self, &wanted.set, take_answer, world);
    g_assert_no_error(world->error);
}

static void
set_usual_connection(World *world)
{
    const char *destinations[] = {"10.82.0.0/16", "fd82::/64"};

    set_connection(world, "test/berlin", 2, destinations);
}

/* ---- what the kernel decides ---- */

/** Flow: of this machine's own. */
typedef struct {
    const char *source;
    const char *destination;
    uint8_t protocol;
    uint16_t source_port;
    uint16_t destination_port;
} Flow;

static int
take_interface(const struct nlmsghdr *message, void *user_data)
{
    const struct rtmsg *body = mnl_nlmsg_get_payload(message);
    const struct nlattr *attributes[RTA_MAX + 1];

    netlink_parse(message, sizeof *body, attributes, RTA_MAX);
    *(uint32_t *)user_data = netlink_u32(attributes[RTA_OIF], 0);
    return MNL_CB_STOP;
}

static void
put_address(struct nlmsghdr *message, uint16_t type, const RvlAddress *address)
{
    mnl_attr_put(message, type, rvl_family_octets(address->family), address->octets);
}

/* By which way the flow goes: `tunnel`, `outside`, `nowhere`. */
static const char *
way_of(const World *world, const Flow *flow)
{
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
    struct nlmsghdr *message = netlink_request(buffer, RTM_GETROUTE, 0);
    struct rtmsg *body = mnl_nlmsg_put_extra_header(message, sizeof *body);
    RvlPrefix source = prefix(flow->source), destination = prefix(flow->destination);
    bool is_ipv6 = source.address.family == RVL_FAMILY_IPV6;
    uint32_t index = 0;

    body->rtm_family = is_ipv6 ? AF_INET6 : AF_INET;
    body->rtm_src_len = body->rtm_dst_len = is_ipv6 ? 128 : 32;
    put_address(message, RTA_SRC, &source.address);
    put_address(message, RTA_DST, &destination.address);
    if (flow->protocol != 0)
        mnl_attr_put_u8(message, RTA_IP_PROTO, flow->protocol);
    if (flow->source_port != 0)
        mnl_attr_put_u16(message, RTA_SPORT, g_htons(flow->source_port));
    if (flow->destination_port != 0)
        mnl_attr_put_u16(message, RTA_DPORT, g_htons(flow->destination_port));
    if (netlink_dump(world->fixture.netlink, message, take_interface, &index) != 0)
        return "nowhere";
    return index == world->outside_index   ? "outside"
           : index == world->fixture.index ? "tunnel"
                                           : "elsewhere";
}

#define assert_way(world, way, ...)                                                                \
    g_assert_cmpstr(way_of(world, &(const Flow){__VA_ARGS__}), ==, way)

static const RuleText web[] = {
    {"web", RVL_ACTION_BYPASS, "10.81.0.0/16,fd81::/64",
     "10.82.0.0/16[tcp/80-81],fd82::/64[tcp/80]"},
};

static void
bypass_takes_the_ordinary_route(World *world, gconstpointer data)
{
    (void)data;
    if (!has_world(world))
        return;
    set_usual_connection(world);
    assert_way(world, "tunnel", "10.81.0.1", "10.82.0.1", IPPROTO_TCP, 1024, 80);
    set_rules(world, web, G_N_ELEMENTS(web));
    g_assert_no_error(world->error);
    assert_way(world, "outside", "10.81.0.1", "10.82.0.1", IPPROTO_TCP, 1024, 80);
    assert_way(world, "outside", "10.81.0.1", "10.82.0.1", IPPROTO_TCP, 1024, 81);
    assert_way(world, "tunnel", "10.81.0.1", "10.82.0.1", IPPROTO_TCP, 1024, 82);
    assert_way(world, "tunnel", "10.81.0.1", "10.82.0.1", IPPROTO_TCP, 80, 1024);
    assert_way(world, "tunnel", "10.81.0.1", "10.82.0.1", IPPROTO_UDP, 1024, 80);
    assert_way(world, "tunnel", "10.81.0.1", "10.82.0.1", 0);
    assert_way(world, "outside", "fd81::1", "fd82::1", IPPROTO_TCP, 1024, 80);
    assert_way(world, "tunnel", "fd81::1", "fd82::1", IPPROTO_TCP, 1024, 81);
    assert_way(world, "outside", "10.81.0.1", "10.83.0.1", IPPROTO_TCP, 1024, 443);
}

/* The longest prefix wins, whichever table has it; ours before an equal one. */
static void
order_of_routes_stays(World *world, gconstpointer data)
{
    const char *wide[] = {"10.0.0.0/8"}, *narrow[] = {"10.82.0.0/16"};

    (void)data;
    if (!has_world(world))
        return;
    add_ordinary_route(world, "10.82.7.0/24");
    add_ordinary_route(world, "10.99.0.0/16");
    add_ordinary_route(world, "10.0.0.0/8");
    set_connection(world, "test/wide", 1, wide);
    set_connection(world, "test/narrow", 1, narrow);
    for (unsigned round = 0; round < 2; round++) {
        assert_way(world, "outside", "10.81.0.1", "10.82.7.1", IPPROTO_TCP, 1024, 22);
        assert_way(world, "tunnel", "10.81.0.1", "10.82.8.1", IPPROTO_TCP, 1024, 22);
        assert_way(world, "outside", "10.81.0.1", "10.99.0.1", IPPROTO_TCP, 1024, 22);
        assert_way(world, "tunnel", "10.81.0.1", "10.98.0.1", IPPROTO_TCP, 1024, 22);
        assert_way(world, "outside", "10.81.0.1", "11.0.0.1", IPPROTO_TCP, 1024, 22);
        set_rules(world, web, G_N_ELEMENTS(web));
        g_assert_no_error(world->error);
    }
}

/* To the last route and rule. */
static void
last_rule_leaves_what_was_before(World *world, gconstpointer data)
{
    g_autofree char *bare = NULL, *before = NULL, *apart = NULL, *after = NULL, *end = NULL;

    (void)data;
    if (!has_world(world))
        return;
    bare = snapshot(&world->fixture);
    set_rules(world, NULL, 0);
    set_usual_connection(world);
    before = snapshot(&world->fixture);
    /* two for each of the two lengths, and four for IKE, ESP and AH, of both families */
    g_assert_cmpuint(count_lines(before, "routing rule"), ==, 4 + 8);
    set_rules(world, web, G_N_ELEMENTS(web));
    apart = snapshot(&world->fixture);
    g_assert_cmpuint(count_lines(apart, "proto 82"), ==, 4);
    g_assert_cmpuint(count_lines(apart, "routing rule"), ==, 2 + 4 + 8);
    set_rules(world, web, G_N_ELEMENTS(web)); /* the same again changes nothing */
    after = snapshot(&world->fixture);
    g_assert_cmpstr(after, ==, apart);
    set_rules(world, NULL, 0);
    g_free(after);
    after = snapshot(&world->fixture);
    g_assert_cmpstr(after, ==, before);
    world->routes->remove(world->self, "test/berlin", take_answer, world);
    world->routes->remove(world->self, "test//spd", take_answer, world);
    g_assert_no_error(world->error);
    end = snapshot(&world->fixture);
    g_assert_cmpstr(end, ==, bare);
}

/* Who protects everything protects the peer's address too: what carries protection must not go in. */
static void
everything_goes_in_but_what_carries_it(World *world, gconstpointer data)
{
    const char *everything[] = {"0.0.0.0/0", "::/0"};

    (void)data;
    if (!has_world(world))
        return;
    set_rules(world, NULL, 0);
    set_connection(world, "test/berlin", 2, everything);
    assert_way(world, "tunnel", "10.81.0.1", "192.0.2.1", IPPROTO_TCP, 1024, 443);
    assert_way(world, "tunnel", "fd81::1", "2001:db8::1", IPPROTO_UDP, 1024, 4500);
    assert_way(world, "outside", "10.81.0.1", "192.0.2.1", IPPROTO_UDP, 500, 500);
    assert_way(world, "outside", "fd81::1", "2001:db8::1", IPPROTO_UDP, 4500, 4500);
}

static const struct {
    const char *name; /* how the peer's own address lies within what is protected */
    const char *const destinations[2];
} covering[] = {
    {"everything", {"0.0.0.0/0", "::/0"}},
    {"wide-network", {"10.0.0.0/8", "fd00::/8"}},
    {"network-of-the-peer", {"10.77.0.0/24", "fd77::/64"}},
    {"the-peer-alone", {"10.77.0.2/32", "fd77::2/128"}},
};

static socklen_t
fill_address(struct sockaddr_storage *place, const RvlAddress *address)
{
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};

    memcpy(&ipv6.sin6_addr, address->octets, sizeof ipv6.sin6_addr);
    memcpy(&ipv4.sin_addr, address->octets, sizeof ipv4.sin_addr);
    if (address->family == RVL_FAMILY_IPV6)
        memcpy(place, &ipv6, sizeof ipv6);
    else
        memcpy(place, &ipv4, sizeof ipv4);
    return address->family == RVL_FAMILY_IPV6 ? sizeof ipv6 : sizeof ipv4;
}

/* The kernel answers no question about the routes of ESP and AH: one is sent, and looked for. */
static bool
leaves_outside(const World *world, const char *source, const char *destination, uint8_t protocol)
{
    RvlPrefix ends[] = {prefix(source), prefix(destination)};
    bool is_ipv6 = ends[0].address.family == RVL_FAMILY_IPV6;
    size_t at = is_ipv6 ? 6 : 9, address_at = is_ipv6 ? 24 : 16;
    size_t octets = rvl_family_octets(ends[1].address.family);
    int fd = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, protocol);
    struct pollfd outside = {.fd = world->outside, .events = POLLIN};
    struct sockaddr_storage address;
    bool is_found = false;

    g_assert_cmpint(fd, >=, 0);
    for (size_t i = 0; i < 2; i++) {
        socklen_t n = fill_address(&address, &ends[i].address);

        if (i == 0)
            g_assert_cmpint(bind(fd, (struct sockaddr *)&address, n), ==, 0);
        else
            g_assert_cmpint(sendto(fd, "protected", 9, 0, (struct sockaddr *)&address, n), ==, 9);
    }
    while (!is_found && poll(&outside, 1, 200) == 1) {
        uint8_t packet[2048];
        ssize_t n = read(world->outside, packet, sizeof packet);

        g_assert_cmpint(n, >, 0);
        is_found = (size_t)n >= address_at + octets && packet[0] >> 4 == (is_ipv6 ? 6 : 4) &&
                   packet[at] == protocol &&
                   memcmp(packet + address_at, ends[1].address.octets, octets) == 0;
    }
    close(fd);
    return is_found;
}

static void
assert_peer_is_reached(const World *world)
{
    static const char *const ends[][2] = {{"10.81.0.1", "10.77.0.2"}, {"fd81::1", "fd77::2"}};

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        assert_way(world, "outside", ends[i][0], ends[i][1], IPPROTO_UDP, 500, 500);
        assert_way(world, "outside", ends[i][0], ends[i][1], IPPROTO_UDP, 4500, 4500);
        assert_way(world, "outside", ends[i][0], ends[i][1], IPPROTO_UDP, 4500, 1024);
        g_assert_true(leaves_outside(world, ends[i][0], ends[i][1], IPPROTO_ESP));
        g_assert_true(leaves_outside(world, ends[i][0], ends[i][1], IPPROTO_AH));
        assert_way(world, "tunnel", ends[i][0], ends[i][1], IPPROTO_UDP, 1024, 4500);
        assert_way(world, "tunnel", ends[i][0], ends[i][1], IPPROTO_TCP, 500, 500);
        assert_way(world, "tunnel", ends[i][0], ends[i][1], 0);
    }
}

/* Whichever prefix covers the peer, and whichever is known first, the tunnel or the ports of IKE. */
static void
peer_within_is_reached_past_the_tunnel(World *world, gconstpointer data)
{
    const typeof(covering[0]) *c = data;

    if (!has_world(world))
        return;
    set_rules(world, NULL, 0);
    set_connection(world, "test/berlin", 2, c->destinations);
    assert_peer_is_reached(world);
    routes_LTX_rvl_plugin.unload(world->self); /* as when the daemon was killed */
    load(world);
    set_connection(world, "test/berlin", 2, c->destinations);
    set_rules(world, NULL, 0);
    assert_peer_is_reached(world);
}

/* A killed daemon: what bypasses has its way, what is protected has none, the next start takes over. */
static void
killed_daemon_leaves_both(World *world, gconstpointer data)
{
    const char *const owners[] = {"test/berlin", "test//spd", NULL};
    g_autofree char *left = NULL, *after = NULL;

    (void)data;
    if (!has_world(world))
        return;
    set_rules(world, web, G_N_ELEMENTS(web));
    set_usual_connection(world);
    routes_LTX_rvl_plugin.unload(world->self);
    close(world->fixture.tun);
    assert_way(world, "outside", "10.81.0.1", "10.82.0.1", IPPROTO_TCP, 1024, 80);
    assert_way(world, "nowhere", "10.81.0.1", "10.82.0.1", IPPROTO_TCP, 1024, 443);
    assert_way(world, "outside", "fd81::1", "fd82::1", IPPROTO_TCP, 1024, 80);
    assert_way(world, "nowhere", "fd81::1", "fd82::1", IPPROTO_TCP, 1024, 443);
    left = snapshot(&world->fixture);
    load(world);
    world->routes->retain(world->self, "test", owners, take_answer, world);
    g_assert_no_error(world->error);
    set_rules(world, web, G_N_ELEMENTS(web));
    after = snapshot(&world->fixture);
    g_assert_cmpstr(after, ==, left);
    g_assert_true(open_tun(&world->fixture));
    set_usual_connection(world);
    assert_way(world, "tunnel", "10.81.0.1", "10.82.0.1", IPPROTO_TCP, 1024, 443);
    assert_way(world, "outside", "10.81.0.1", "10.82.0.1", IPPROTO_TCP, 1024, 80);
    world->routes->retain(world->self, "test", NULL, take_answer, world);
    g_assert_no_error(world->error);
    g_free(after);
    after = snapshot(&world->fixture);
    g_assert_cmpuint(count_lines(after, "82"), ==, 0);
    g_assert_cmpuint(count_lines(after, "rule"), ==, 0);
}

static const struct {
    const char *name;
    RuleText rule;
    const char *wanted; /* of the error's sentence */
} refused[] = {
    {"types-of-icmp", {"echo", RVL_ACTION_BYPASS, "10.81.0.0/16[icmp/8]", "10.82.0.0/16"}, "ICMP"},
    {"opaque-ports",
     {"opaque", RVL_ACTION_DISCARD, "10.81.0.0/16[tcp/opaque]", "10.82.0.0/16"},
     "opaque"},
    {"too-many-prefixes",
     {"ranges", RVL_ACTION_DISCARD, "10.81.0.1-10.81.255.254", "1.0.0.1-9.255.255.254"},
     "prefixes"},
    {"action-of-connections", {"odd", RVL_ACTION_PROTECT, "10.81.0.0/16", "10.82.0.0/16"}, "odd"},
};

/* By name; and what stood before stands. */
static void
rule_is_refused(World *world, gconstpointer data)
{
    const typeof(refused[0]) *c = data;
    const RuleText both[] = {web[0], c->rule};
    g_autofree char *before = NULL, *after = NULL;

    if (!has_world(world))
        return;
    set_usual_connection(world);
    set_rules(world, web, G_N_ELEMENTS(web));
    before = snapshot(&world->fixture);
    set_rules(world, both, G_N_ELEMENTS(both));
    g_assert_nonnull(world->error);
    g_assert_nonnull(strstr(world->error->message, c->rule.name));
    g_assert_nonnull(strstr(world->error->message, c->wanted));
    after = snapshot(&world->fixture);
    g_assert_cmpstr(after, ==, before);
}

/* Discovery has no route to choose, and its types may be named (RFC 4861). */
static void
discovery_may_bypass(World *world, gconstpointer data)
{
    const RuleText discovery = {"nd", RVL_ACTION_BYPASS, "::/0[icmpv6/133-137]", "::/0"};

    (void)data;
    if (!has_world(world))
        return;
    set_rules(world, &discovery, 1);
    g_assert_no_error(world->error);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    enter_namespace();
#define CASE(name, function)                                                                       \
    g_test_add("/routes/clear-rules/" name, World, NULL, world_set_up, function, world_tear_down)
    CASE("bypass-takes-the-ordinary-route", bypass_takes_the_ordinary_route);
    CASE("order-of-routes-stays", order_of_routes_stays);
    CASE("last-rule-leaves-what-was-before", last_rule_leaves_what_was_before);
    CASE("everything-goes-in-but-what-carries-it", everything_goes_in_but_what_carries_it);
    CASE("killed-daemon-leaves-both", killed_daemon_leaves_both);
    CASE("discovery-may-bypass", discovery_may_bypass);
    for (size_t i = 0; i < G_N_ELEMENTS(covering); i++) {
        g_autofree char *path =
            g_strconcat("/routes/clear-rules/peer-is-reached-within/", covering[i].name, NULL);

        g_test_add(path, World, &covering[i], world_set_up, peer_within_is_reached_past_the_tunnel,
                   world_tear_down);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *path = g_strconcat("/routes/clear-rules/refused/", refused[i].name, NULL);

        g_test_add(path, World, &refused[i], world_set_up, rule_is_refused, world_tear_down);
    }
    return g_test_run();
}
