/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A network namespace of the test's own, an interface like the installer's, and what the system holds. */
#include "config.h"

#include "test-namespace.h"

#include <fcntl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_tun.h>

/* Why nothing can be tested here; NULL where it can. */
static const char *reason;

static void
write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        reason = "the user's ids can't be mapped";
    if (fd >= 0)
        close(fd);
}

/* As root: a network namespace; else a user namespace with one within. */
void
enter_namespace(void)
{
    g_autofree char *uids = g_strdup_printf("0 %u 1", getuid());
    g_autofree char *gids = g_strdup_printf("0 %u 1", getgid());

    if (geteuid() == 0) {
        if (unshare(CLONE_NEWNET) != 0)
            reason = "no network namespace may be made";
        return;
    }
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        reason = "no user namespace may be made";
        return;
    }
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", uids);
    write_file("/proc/self/gid_map", gids);
}

/* ---- fixture ---- */

void
set_flags_up(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_UP};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    g_strlcpy(request.ifr_name, name, sizeof request.ifr_name);
    g_assert_cmpint(ioctl(fd, SIOCSIFFLAGS, &request), ==, 0);
    close(fd);
}

int
make_tun(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

    g_strlcpy(request.ifr_name, name, sizeof request.ifr_name);
    if (fd < 0)
        return -1;
    if (ioctl(fd, TUNSETIFF, &request) != 0) {
        close(fd);
        return -1;
    }
    set_flags_up(name);
    return fd;
}

bool
open_tun(Fixture *fixture)
{
    g_strlcpy(fixture->interface, "tun-test", sizeof fixture->interface);
    fixture->tun = make_tun(fixture->interface);
    fixture->index = if_nametoindex(fixture->interface);
    return fixture->tun >= 0;
}

void
set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) entries = NULL;

    (void)data;
    fixture->tun = -1;
    if (reason != NULL) {
        g_test_skip(reason);
        return;
    }
    if (!open_tun(fixture)) {
        g_test_skip("no TUN device may be made");
        return;
    }
    fixture->netlink = netlink_new(NETLINK_ROUTE, 0, &error);
    g_assert_no_error(error);
    fixture->guard = guard_new("test", &error);
    g_assert_no_error(error);
    entries = guard_list(fixture->guard, &error);
    if (entries == NULL) {
        g_test_skip(error->message);
        g_clear_pointer(&fixture->guard, guard_free);
    }
}

void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_clear_pointer(&fixture->guard, guard_free);
    g_clear_pointer(&fixture->netlink, netlink_free);
    if (fixture->tun >= 0)
        close(fixture->tun);
}

/* ---- what the system holds, as text that can be compared ---- */

static int
add_route_text(const struct nlmsghdr *message, void *user_data)
{
    GPtrArray *lines = user_data;
    const struct rtmsg *body = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute;
    GString *line = g_string_new(NULL);

    /* Of IPv6, the kernel adds and drops multicast routes of its own while an interface comes up. */
    g_string_printf(line, "%u type %u proto %u /%u", body->rtm_family, body->rtm_type,
                    body->rtm_protocol, body->rtm_dst_len);
    mnl_attr_for_each(attribute, message, sizeof *body)
    {
        uint16_t type = mnl_attr_get_type(attribute);

        if (type != RTA_DST && type != RTA_OIF && type != RTA_PRIORITY && type != RTA_TABLE &&
            type != RTA_PREFSRC)
            continue;
        g_string_append_printf(line, " %u=", type);
        for (uint16_t i = 0; i < mnl_attr_get_payload_len(attribute); i++)
            g_string_append_printf(line, "%02x",
                                   ((const uint8_t *)mnl_attr_get_payload(attribute))[i]);
    }
    if (body->rtm_protocol == RTPROT_KERNEL) {
        g_string_free(line, TRUE);
        return MNL_CB_OK;
    }
    g_ptr_array_add(lines, g_string_free(line, FALSE));
    return MNL_CB_OK;
}

static int
add_rule_text(const struct nlmsghdr *message, void *user_data)
{
    GPtrArray *lines = user_data;
    const struct fib_rule_hdr *body = mnl_nlmsg_get_payload(message);
    const struct nlattr *attributes[FRA_MAX + 1];

    netlink_parse(message, sizeof *body, attributes, FRA_MAX);
    if (netlink_u8(attributes[FRA_PROTOCOL], 0) == ROUTE_PROTOCOL)
        g_ptr_array_add(lines,
                        g_strdup_printf("routing rule %u of %u: table %u",
                                        netlink_u32(attributes[FRA_PRIORITY], 0), body->family,
                                        netlink_u32(attributes[FRA_TABLE], body->table)));
    return MNL_CB_OK;
}

static void
add_address_text(const RvlAddress *address, uint32_t index, bool is_present, void *user_data)
{
    GPtrArray *lines = user_data;
    char text[RVL_ADDRESS_TEXT];

    (void)is_present;
    if (!rvl_address_is_link_local(address))
        g_ptr_array_add(lines, g_strdup_printf("address %s%s", rvl_address_format(address, text),
                                               index == 0 ? "?" : ""));
}

static int
compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Routes that somebody made, addresses, and the guard's rules. */
char *
snapshot(Fixture *fixture)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) entries = guard_list(fixture->guard, NULL);
    const uint8_t families[] = {AF_INET, AF_INET6};

    for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
        uint8_t buffer[NETLINK_REQUEST_OCTETS];
        struct nlmsghdr *request = netlink_request(buffer, RTM_GETROUTE, NLM_F_DUMP);
        struct rtmsg *body = mnl_nlmsg_put_extra_header(request, sizeof *body);
        struct fib_rule_hdr *rule;

        body->rtm_family = families[i];
        g_assert_cmpint(netlink_dump(fixture->netlink, request, add_route_text, lines), ==, 0);
        request = netlink_request(buffer, RTM_GETRULE, NLM_F_DUMP);
        rule = mnl_nlmsg_put_extra_header(request, sizeof *rule);
        rule->family = families[i];
        g_assert_cmpint(netlink_dump(fixture->netlink, request, add_rule_text, lines), ==, 0);
    }
    g_assert_cmpint(addresses_list(fixture->netlink, add_address_text, lines), ==, 0);
    for (guint i = 0; i < entries->len; i++)
        g_ptr_array_add(lines,
                        g_strdup_printf("rule of %s", g_array_index(entries, GuardEntry, i).owner));
    g_ptr_array_sort(lines, compare_lines);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}

unsigned
count_lines(const char *text, const char *part)
{
    unsigned n = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        n++;
    return n;
}

RvlPrefix
prefix(const char *text)
{
    RvlPrefix parsed;

    g_assert_true(rvl_prefix_parse(text, &parsed, NULL));
    return parsed;
}

void
fill_wanted(Wanted *wanted, const Fixture *fixture, const char *owner)
{
    *wanted = (Wanted){
        .addresses = {prefix("10.81.0.1/32"), prefix("fd81::1/128")},
        .destinations = {prefix("10.82.0.0/16"), prefix("fd82::/64")},
        .sources = {prefix("10.81.0.0/16"), prefix("fd81::/64")},
    };
    wanted->set = (RvlRouteSet){
        .size = sizeof wanted->set,
        .owner = owner,
        .interface = fixture->interface,
        .index = fixture->index,
        .addresses = wanted->addresses,
        .n_addresses = 2,
        .destinations = wanted->destinations,
        .n_destinations = 2,
        .sources = wanted->sources,
        .n_sources = 2,
        .is_guarded = true,
        .mtu = 1400,
    };
}

void
must_set(Fixture *fixture, const RvlRouteSet *set)
{
    g_autoptr(GError) error = NULL;

    connection_routes_set(SYSTEM(fixture), set, &error);
    g_assert_no_error(error);
}

void
must_remove(Fixture *fixture, const char *owner)
{
    g_autoptr(GError) error = NULL;

    connection_routes_remove(SYSTEM(fixture), owner, &error);
    g_assert_no_error(error);
}
