/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a connection's deployment says of the packets to come: suites, outer family, encapsulation. */
#include "config.h"

#include "pair.h"

#define HEAD "[connection ab]\nlocal-id = a.test\nremote-id = b.test\n"
#define PROTECT "protect = 10.1.0.0/16 <-> 10.2.0.0/16\nkeep = none\n"

/** Deployed: what the last job to deploy asked for. */
typedef struct {
    bool has_ipv6;
    bool may_encapsulate;
    GString *suites; /* `tunnel 12:256+12, …`: ENCR, its key's bits, INTEG */
} Deployed;

static GError *
note_deployment(Pair *pair, int end, const RvlJob *job, void *user_data)
{
    Deployed *deployed = user_data;
    const RvlDeployRequest *request = &job->request.deploy;

    (void)pair;
    if (end != PAIR_A || job->kind != RVL_JOB_DEPLOY)
        return NULL;
    deployed->has_ipv6 = request->has_ipv6;
    deployed->may_encapsulate = request->may_encapsulate;
    g_string_truncate(deployed->suites, 0);
    for (guint i = 0; i < request->suites->len; i++) {
        const RvlDeploySuite *suite = &g_array_index(request->suites, RvlDeploySuite, i);

        g_assert_cmpuint(suite->encr.type, ==, RVL_TRANSFORM_ENCR);
        g_assert_cmpuint(suite->integ.type, ==, RVL_TRANSFORM_INTEG);
        g_string_append_printf(deployed->suites, "%s%s %u:%u+%u", i > 0 ? ", " : "",
                               suite->mode == RVL_MODE_TUNNEL ? "tunnel" : "transport",
                               suite->encr.id, suite->encr.key_bits, suite->integ.id);
    }
    return NULL;
}

static void
deploy(Deployed *deployed, const char *more)
{
    g_autofree char *conf = g_strconcat(HEAD, PROTECT, more, NULL);
    g_autoptr(Pair) pair = pair_new(NULL, NULL);

    pair->job_filter = note_deployment;
    pair->user_data = deployed;
    pair_configure(pair, PAIR_A, "", NULL);
    pair_run(pair, RVL_SECOND);
    pair_configure(pair, PAIR_A, conf, PAIR_SECRET_A);
    pair_run(pair, RVL_SECOND);
}

static const struct {
    const char *why;
    const char *conf;
    bool has_ipv6;
} families[] = {
    {"an address of IPv4", "remote-address = 192.0.2.2\n", false},
    {"an address of IPv6", "remote-address = 2001:db8::2\n", true},
    {"one of each", "remote-address = 192.0.2.2, 2001:db8::2\n", true},
    {"a net of IPv4", "remote-address = 192.0.2.0/24\n", false},
    {"a name", "remote-address = gw.example\n", true},
    {"anybody", "remote-address = any\n", true},
    {"a name, from IPv4", "remote-address = gw.example\nlocal-address = 192.0.2.1\n", false},
    {"anybody, to either", "remote-address = any\nlocal-address = 192.0.2.1, 2001:db8::1\n", true},
};

static void
outer_family_is_the_larger_that_may_be(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
        Deployed deployed = {.suites = g_string_new(NULL), .has_ipv6 = !families[i].has_ipv6};

        g_test_message("%s", families[i].why);
        deploy(&deployed, families[i].conf);
        g_assert_cmpint(deployed.has_ipv6, ==, families[i].has_ipv6);
        g_string_free(deployed.suites, TRUE);
    }
}

static const struct {
    const char *conf;
    bool may_encapsulate;
} encapsulations[] = {
    {"remote-address = 192.0.2.2\n", true},
    {"remote-address = 192.0.2.2\nencapsulation = always\n", true},
    {"remote-address = 192.0.2.2\nencapsulation = never\n", false},
};

static void
udp_counts_unless_it_is_ruled_out(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(encapsulations); i++) {
        bool wanted = encapsulations[i].may_encapsulate;
        Deployed deployed = {.suites = g_string_new(NULL), .may_encapsulate = !wanted};

        deploy(&deployed, encapsulations[i].conf);
        g_assert_cmpint(deployed.may_encapsulate, ==, wanted);
        g_string_free(deployed.suites, TRUE);
    }
}

/* RFC 7296 3.3: out of one proposal the peer takes any of its ciphers with any of its MACs. */
static void
every_pair_of_every_child_is_named(void)
{
    Deployed deployed = {.suites = g_string_new(NULL)};

    deploy(&deployed,
           "remote-address = 192.0.2.2\nchild-proposals = aes256gcm16-aes128gcm16, aes256-sha256\n"
           "[child ab/host]\nprotect = 10.1.0.9 <-> 10.2.0.9\n"
           "child-proposals = aes128gcm16\n");
    g_assert_cmpstr(deployed.suites->str, ==,
                    "tunnel 20:256+0, tunnel 20:128+0, tunnel 12:256+12, tunnel 20:128+0");
    g_string_free(deployed.suites, TRUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/deploy/outer-family-is-the-larger-that-may-be",
                    outer_family_is_the_larger_that_may_be);
    g_test_add_func("/ike/deploy/udp-counts-unless-it-is-ruled-out",
                    udp_counts_unless_it_is_ruled_out);
    g_test_add_func("/ike/deploy/every-pair-of-every-child-is-named",
                    every_pair_of_every_child_is_named);
    return g_test_run();
}
