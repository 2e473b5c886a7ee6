/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections out of configuration: values, defaults, refusals with their lines, PAD checks. */
#include "config.h"

#include "policy/connection.h"

#include <string.h>

#include "fakes/policy.h"

#define BERLIN                                                                                     \
    "[connection berlin]\n"                                                                        \
    "remote-address = 198.51.100.4\n"                                                              \
    "local-address = 192.0.2.1\n"                                                                  \
    "protect = 10.1.0.0/16, 2001:db8:1::/48 <-> 10.2.0.0/16[tcp/443], 2001:db8:2::/48\n"
#define SECRET "[secret berlin]\npsk = \"a long enough secret\"\n"

static RvlSnapshot *
compile(RvlFakePolicy *policy, const char *conf, const char *secrets)
{
    RvlSnapshot *snapshot = rvl_fake_policy_compile(policy, conf, secrets, NULL);

    g_assert_cmpstr(policy->report, ==, NULL);
    g_assert_nonnull(snapshot);
    return snapshot;
}

static RvlAddress
address(const char *text)
{
    RvlAddress parsed;

    g_assert_true(rvl_address_parse(text, &parsed));
    return parsed;
}

static void
defaults_fill_what_is_not_written(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) snapshot = compile(policy, BERLIN, SECRET);
    const RvlConnection *berlin = rvl_snapshot_find(snapshot, "berlin");
    const RvlChildPolicy *child = &berlin->children[0];
    g_autofree char *id = rvl_identity_format(berlin->remote_identities[0]);
    g_autofree char *remote = rvl_selectors_format(child->remote);

    g_assert_cmpuint(rvl_snapshot_count(snapshot), ==, 1);
    g_assert_cmpuint(berlin->version, ==, 2);
    g_assert_cmpint(berlin->keep, ==, RVL_KEEP_UP);
    g_assert_cmpuint(berlin->n_local, ==, 1);
    g_assert_cmpstr(id, ==, "198.51.100.4");
    g_assert_null(berlin->local_identity);
    g_assert_cmpstr(berlin->local_auth.word, ==, "psk");
    g_assert_cmpuint(berlin->n_remote_auth, ==, 1);
    g_assert_cmpuint(berlin->ike_proposals->n, ==, 2);
    g_assert_cmpint(berlin->ike_lifetime.time, ==, 8 * RVL_HOUR);
    g_assert_true(berlin->rekey);
    g_assert_cmpint(berlin->liveness, ==, 30 * RVL_SECOND);
    g_assert_cmpint(berlin->retransmit.first, ==, 500 * RVL_MILLISECOND);
    g_assert_cmpuint(berlin->retransmit.factor_thousandths, ==, 2000);
    g_assert_cmpuint(berlin->retransmit.tries, ==, 6);
    g_assert_cmpuint(berlin->fragment_octets, ==, 1280);
    g_assert_cmpstr(berlin->deployment.interface, ==, "auto");
    g_assert_true(berlin->deployment.has_routes);

    g_assert_cmpuint(berlin->n_children, ==, 1);
    g_assert_cmpstr(child->name, ==, "berlin");
    g_assert_cmpstr(remote, ==, "10.2.0.0/16[tcp/443], 2001:db8:2::/48");
    g_assert_cmpint(child->lifetime.time, ==, RVL_HOUR);
    g_assert_cmpuint(child->replay_window, ==, 4096);
    g_assert_cmpint(child->pfs, ==, RVL_PFS_YES);
    g_assert_cmpint(child->esn, ==, RVL_ESN_AUTO);
}

static void
written_values_win(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) snapshot = compile(
        policy,
        "[daemon]\nretransmit = 1 s, 1.5, 4\nhalf-open-limit = 7\n"
        "[connection a]\nremote-address = vpn.example, 198.51.100.0/24\nremote-id = "
        "CN=gw, O=Ex\nlocal-id = me@example.org\nprotect = dynamic <-> any[udp]\nkeep = trap\n"
        "ike-proposals = aes128-sha256-modp2048\nchild-proposals = aes128gcm16-ecp384\n"
        "ike-lifetime = 10 min\nlifetime = 5 min, 1 GiB, 1000 packets\npfs = require\nesn = no\n"
        "liveness = no\nfragmentation = no\nunique = never\nencapsulation = always\n"
        "interface = ipsec0\naddress = 10.9.0.1/24\nmtu = 1400\nroutes = table 7\nrekey = no\n"
        "replay-window = 64 packets\nremote-port = 4500\n"
        "[child a/voice]\nprotect = 10.3.0.0/16 <-> 10.4.0.0/16\nkeep = none\n"
        "[child a/off]\nenabled = no\nprotect = 10.5.0.0/16 <-> 10.4.0.0/16\n",
        "[secret a]\npsk = 0x00112233445566778899aabbccddeeff\n");
    const RvlConnection *a = rvl_snapshot_find(snapshot, "a");
    const RvlChildPolicy *own = &a->children[0];

    g_assert_cmpstr(a->remotes[0].name, ==, "vpn.example");
    g_assert_null(a->remotes[1].name);
    g_assert_cmpint(a->keep, ==, RVL_KEEP_TRAP);
    g_assert_cmpint(a->ike_lifetime.time, ==, 10 * RVL_MINUTE);
    g_assert_cmpint(a->liveness, ==, 0);
    g_assert_cmpuint(a->fragment_octets, ==, 0);
    g_assert_cmpint(a->unique, ==, RVL_UNIQUE_NEVER);
    g_assert_cmpint(a->encapsulation, ==, RVL_ENCAPSULATE_ALWAYS);
    g_assert_cmpstr(a->deployment.interface, ==, "ipsec0");
    g_assert_cmpuint(a->deployment.mtu, ==, 1400);
    g_assert_cmpuint(a->deployment.table, ==, 7);
    g_assert_cmpuint(a->deployment.addresses[0].length, ==, 24);
    g_assert_false(a->rekey);
    g_assert_cmpuint(a->remote_port, ==, 4500);
    g_assert_cmpuint(a->retransmit.factor_thousandths, ==, 1500);
    g_assert_cmpuint(a->retransmit.tries, ==, 4);
    g_assert_cmpuint(rvl_snapshot_limits(snapshot)->half_open, ==, 7);
    g_assert_cmpuint(a->n_children, ==, 2);
    g_assert_cmpuint(own->lifetime.octets, ==, UINT64_C(1) << 30);
    g_assert_cmpuint(own->lifetime.packets, ==, 1000);
    g_assert_cmpint(own->pfs, ==, RVL_PFS_REQUIRE);
    g_assert_cmpstr(a->children[1].name, ==, "voice");
    g_assert_cmpint(a->children[1].keep, ==, RVL_KEEP_NONE);
    g_assert_nonnull(rvl_connection_child(a, "voice"));
    g_assert_null(rvl_connection_child(a, "off"));
    g_assert_cmpuint(rvl_selectors_count(own->remote), ==, 2);
}

static void
dynamic_becomes_the_address(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) snapshot =
        compile(policy, "[connection a]\nremote-id = any\nprotect = any <-> dynamic[tcp/22]\n",
                "[secret a]\npsk = \"0123456789abcdef\"\n");
    const RvlConnection *a = rvl_snapshot_find(snapshot, "a");
    RvlAddress own = address("192.0.2.77");
    g_autoptr(RvlSelectors) remote = rvl_child_policy_selectors(&a->children[0], false, &own);
    g_autoptr(RvlSelectors) local = rvl_child_policy_selectors(&a->children[0], true, &own);
    g_autofree char *remote_text = rvl_selectors_format(remote);
    g_autofree char *local_text = rvl_selectors_format(local);

    g_assert_cmpint(a->keep, ==, RVL_KEEP_NONE);
    g_assert_cmpstr(remote_text, ==, "192.0.2.77[tcp/22]");
    g_assert_cmpstr(local_text, ==, "0.0.0.0/0, ::/0");
}

static void
origins_name_the_line_to_change(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) snapshot = compile(policy, BERLIN "pfs = no\n", SECRET);
    const RvlConnection *berlin = rvl_snapshot_find(snapshot, "berlin");
    g_autofree char *pfs = rvl_connection_origin(berlin, &berlin->children[0], "pfs");
    g_autofree char *proposals = rvl_connection_origin(berlin, NULL, "ike-proposals");

    g_assert_cmpstr(pfs, ==, "test.conf:5");
    g_assert_cmpstr(proposals, ==, "profile default (test.conf:1)");
}

/* Each with its line, and all at once. */
static const struct {
    const char *name;
    const char *conf;
    const char *report;
} refused[] = {
    {"unknown-algorithm-with-the-nearest", BERLIN "ike-proposals = aes265gcm16-sha384-ecp384\n",
     "test.conf:5: [connection berlin] ike-proposals: 'aes265gcm16' names no algorithm of a loaded "
     "plugin; did you mean 'aes256gcm16'?\n"},
    {"proposal-without-a-group", BERLIN "ike-proposals = aes256gcm16-sha384\n",
     "test.conf:5: [connection berlin] ike-proposals: 'aes256gcm16-sha384' lacks a group\n"},
    {"encryption-without-integrity", BERLIN "child-proposals = aes256\n",
     "test.conf:5: [connection berlin] child-proposals: 'aes256' lacks an integrity algorithm\n"},
    {"combined-and-other-ciphers-in-one", BERLIN "child-proposals = aes256gcm16-aes256-sha256\n",
     "test.conf:5: [connection berlin] child-proposals: 'aes256gcm16-aes256-sha256' mixes combined "
     "and other ciphers (RFC 5282 8); write two proposals\n"},
    {"additional-key-exchange", BERLIN "ike-proposals = aes256gcm16-sha384-ecp384+mlkem768\n",
     "test.conf:5: [connection berlin] ike-proposals: '+mlkem768': this release does not serve "
     "additional key exchanges yet; remove it and what follows\n"},
    {"weak-algorithm-outside-its-profile", BERLIN "ike-proposals = 3des-sha256-modp1024\n",
     "test.conf:5: [connection berlin] ike-proposals: profile default does not allow '3des'; "
     "choose "
     "another value, or another profile\n"},
    {"unknown-method", BERLIN "auth = spk\n",
     "test.conf:5: [connection berlin] auth: no loaded plugin proves by 'spk'; did you mean "
     "'psk'?\n"},
    {"unknown-profile", BERLIN "profile = defualt\n",
     "test.conf:5: [connection berlin] profile: there is no profile 'defualt'; did you mean "
     "'default'?\n"},
    {"lifetime-above-the-profile", BERLIN "lifetime = 2 h\n",
     "test.conf:5: [connection berlin] lifetime: the lifetime is longer than profile default "
     "allows; "
     "choose another value, or another profile\n"},
    {"prefix-that-is-none",
     "[connection berlin]\nremote-address = 198.51.100.4\nprotect = 10.1.0.0/33 <-> 10.2.0.0/16\n",
     "test.conf:3: [connection berlin] protect: '10.1.0.0/33' is no prefix\n"},
    {"families-that-do-not-meet",
     "[connection berlin]\nremote-address = 198.51.100.4\nprotect = 10.1.0.0/16 <-> ::/0\n",
     "test.conf:3: [connection berlin] protect: '10.1.0.0/16 <-> ::/0' has IPv4 on one side and "
     "IPv6 on the other\n"},
    {"nothing-to-protect", "[connection berlin]\nremote-address = 198.51.100.4\n",
     "test.conf:1: [connection berlin]: the connection protects nothing; write protect = LOCAL <-> "
     "REMOTE\n"},
    {"keep-without-an-address",
     "[connection berlin]\nremote-id = any\nprotect = any <-> any\nkeep = up\n",
     "test.conf:4: [connection berlin] keep: nobody can be called without an address; name the "
     "peer "
     "by remote-address\n"},
    {"ikev1", BERLIN "version = ikev1\n",
     "test.conf:5: [connection berlin] version: this release does not serve IKEv1 yet; write "
     "ikev2\n"},
    {"transport-mode", BERLIN "mode = transport\n",
     "test.conf:5: [connection berlin] mode: this release does not serve transport mode yet; write "
     "tunnel\n"},
    {"ah", BERLIN "protocol = ah\n",
     "test.conf:5: [connection berlin] protocol: this release does not serve AH yet; write esp\n"},
    {"key-that-is-not-served", BERLIN "pool = road\n",
     "test.conf:5: [connection berlin] pool: this release does not serve the key yet; remove it\n"},
    {"child-of-nobody", BERLIN "[child paris/x]\nprotect = any <-> any\n",
     "test.conf:5: [child paris/x]: there is no [connection paris]\n"},
    {"schedule", "[daemon]\nretransmit = 500 ms, 2\n" BERLIN,
     "test.conf:2: [daemon] retransmit: '500 ms, 2' is no schedule; write the first wait (50 ms to "
     "60 s), a factor (1 to 10) and the number of sends (1 to 100): '500 ms, 2, 6'\n"},
    {"authority-that-is-not-there", BERLIN "authority = corp\n",
     "test.conf:5: [connection berlin] authority: there is no [authority corp]\n"},
    {"two-at-once", BERLIN "routes = maybe\nunique = perhaps\n",
     "test.conf:6: [connection berlin] unique: 'perhaps' is not among the words of this key; write "
     "one of: replace | keep | never\n"
     "test.conf:5: [connection berlin] routes: 'maybe' is no way to set routes; write auto, no, or "
     "table N\n"},
};

static void
is_refused(gconstpointer data)
{
    const typeof(refused[0]) *c = data;
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) snapshot = rvl_fake_policy_compile(policy, c->conf, SECRET, NULL);

    g_assert_null(snapshot);
    g_assert_cmpstr(policy->report, ==, c->report);
}

static void
missing_secret_is_told_when_configured(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);

    g_assert_null(rvl_fake_policy_compile(policy, BERLIN, NULL, NULL));
    g_assert_true(g_str_has_prefix(policy->report,
                                   "test.conf:1: [connection berlin] auth: no pre-shared key is "
                                   "configured for the peer"));
}

static void
secret_of_nobody_is_told(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);

    g_assert_null(rvl_fake_policy_compile(
        policy, BERLIN, SECRET "[secret bern]\npsk = \"0123456789abcdef\"\n", NULL));
    g_assert_cmpstr(policy->report, ==,
                    "secret.conf:3: [secret bern]: there is no [connection bern] that the secret "
                    "could be for; name the peer by id\n");
}

static void
rule_without_addresses_is_refused(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);

    g_assert_null(rvl_fake_policy_compile(
        policy, "[spd own]\naction = bypass\nmatch = dynamic <-> any\n", NULL, NULL));
    g_assert_cmpstr(
        policy->report, ==,
        "test.conf:3: [spd own] match: 'dynamic' is a connection's own address, and the "
        "rule has none; write the addresses\n");
}

static void
disabled_connection_is_not_there(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) snapshot = compile(policy, BERLIN "enabled = no\n", SECRET);

    g_assert_cmpuint(rvl_snapshot_count(snapshot), ==, 0);
    g_assert_null(rvl_snapshot_find(snapshot, "berlin"));
}

static void
weak_algorithms_must_be_named(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) snapshot =
        compile(policy,
                BERLIN "profile = legacy\nike-proposals = 3des-sha256-modp1024\n"
                       "child-proposals = aes256-sha256\n",
                SECRET);
    const RvlConnection *berlin = rvl_snapshot_find(snapshot, "berlin");

    g_assert_cmpstr(berlin->ike_proposals->weak, ==, "3des, modp1024");
    g_assert_null(berlin->children[0].proposals->weak);
}

static void
authenticators_see_their_keys_and_no_others(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) snapshot =
        compile(policy,
                BERLIN "local-auth = pubkey\nremote-auth = psk, pubkey\ncertificate = gw.example\n"
                       "[authority corp]\ncertificate = corp.pem\n"
                       "[authority other]\ncertificate = other.pem\n",
                SECRET);
    const RvlConnection *berlin = rvl_snapshot_find(snapshot, "berlin");
    const RvlAuthPolicy *psk = rvl_connection_remote_auth(berlin, "psk");
    const RvlSettings *local = berlin->local_auth.settings;
    g_autofree char *id = rvl_identity_format(berlin->local_identity);
    const RvlSetting *authorities = rvl_settings_find(local, "authority-certificate");

    g_assert_cmpuint(rvl_settings_secret(psk->settings, "psk"), !=, RVL_SECRET_ID_NONE);
    g_assert_null(rvl_settings_find(local, "psk"));
    g_assert_null(rvl_settings_find(local, "protect"));
    g_assert_cmpstr(rvl_settings_text(local, "certificate", NULL), ==, "gw.example");
    g_assert_cmpstr(id, ==, "gw.example");
    g_assert_cmpstr(authorities->texts[0], ==, "corp.pem");
    g_assert_cmpstr(authorities->texts[1], ==, "other.pem");
    g_assert_null(rvl_connection_remote_auth(berlin, "eap"));
}

static void
secret_is_found_by_the_peers_identity(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) snapshot =
        compile(policy, "[connection road]\nremote-id = any\nprotect = any <-> dynamic\n",
                "[secret ann]\nid = ann@example.org\npsk = \"ann's own secret\"\n"
                "[secret bob]\nid = bob@example.org\npsk = \"bob's own secret\"\n");
    const RvlConnection *road = rvl_snapshot_find(snapshot, "road");
    const RvlAuthPolicy *psk = &road->remote_auth[0];
    g_autoptr(RvlIdentity) bob = rvl_identity_parse("bob@EXAMPLE.org", NULL);
    g_autoptr(RvlIdentity) eve = rvl_identity_parse("eve@example.org", NULL);
    g_autoptr(RvlSettings) for_bob = rvl_connection_auth_settings(road, psk, bob);
    g_autoptr(RvlSettings) for_eve = rvl_connection_auth_settings(road, psk, eve);
    const RvlSecretServices *services = rvl_secret_store_services(policy->store);
    g_autoptr(RvlSecret) secret =
        services->get(services->context, rvl_settings_secret(for_bob, "psk"));

    g_assert_cmpmem(rvl_secret_octets(secret), rvl_secret_size(secret), "bob's own secret", 16);
    g_assert_cmpuint(rvl_settings_secret(for_eve, "psk"), ==, RVL_SECRET_ID_NONE);
}

static void
secrets_go_with_the_snapshot(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    RvlSnapshot *snapshot = compile(policy, BERLIN, SECRET);
    const RvlSecretServices *services = rvl_secret_store_services(policy->store);

    g_assert_cmpuint(services->count(services->context), ==, 1);
    rvl_snapshot_unref(snapshot);
    g_assert_cmpuint(services->count(services->context), ==, 0);
    g_assert_null(rvl_fake_policy_compile(policy, BERLIN "pool = x\n", SECRET, NULL));
    g_assert_cmpuint(services->count(services->context), ==, 0);
}

static void
identities_are_authorised(void)
{
    static const struct {
        const char *remote_id;
        const char *peer;
        bool fits;
    } rows[] = {
        {"any", "whoever.example", true},
        {"gw.example.org", "GW.example.ORG", true},
        {"gw.example.org", "gw.example.com", false},
        {"*.example.org", "a.example.org", true},
        {"*.example.org", "a.b.EXAMPLE.org", true},
        {"*.example.org", "example.org", false},
        {"*.example.org", ".example.org", false},
        {"*.example.org", "badexample.org", false},
        {"*.example.org", "fqdn:*.example.org", false},
        {"*.example.org", "a@x.example.org", false},
        {"*@example.org", "ann@example.org", true},
        {"*@example.org", "ann@sub.example.org", false},
        {"*@example.org", "email:x\\x00@example.org", false},
        {"CN=gw", "CN=gw", true},
        {"CN=gw", "CN=GW", false},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "fqdn:192.0.2.1", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
        g_autofree char *conf = g_strdup_printf(BERLIN "remote-id = %s\n", rows[i].remote_id);
        g_autoptr(RvlSnapshot) snapshot = compile(policy, conf, SECRET);
        const RvlConnection *berlin = rvl_snapshot_find(snapshot, "berlin");
        g_autoptr(RvlIdentity) peer = rvl_identity_parse(rows[i].peer, NULL);
        g_autoptr(GError) error = NULL;

        if (rvl_connection_accepts_remote(berlin, peer, &error) != rows[i].fits)
            g_test_message("'%s' against '%s'", rows[i].peer, rows[i].remote_id);
        g_assert_cmpint(rvl_connection_accepts_remote(berlin, peer, NULL), ==, rows[i].fits);
        if (!rows[i].fits)
            g_assert_error(error, RVL_ERROR, RVL_CAUSE_IDENTITY_MISMATCH);
    }
}

static void
rules_stand_before_connections(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) snapshot =
        compile(policy,
                BERLIN "[spd z]\naction = bypass\nmatch = any[icmpv6/133-137] <-> any\n"
                       "[spd a]\naction = discard\nmatch = any <-> 10.9.0.0/16\n",
                SECRET);

    g_assert_cmpuint(rvl_snapshot_n_rules(snapshot), ==, 2);
    g_assert_cmpstr(rvl_snapshot_rule(snapshot, 0)->name, ==, "z");
    g_assert_cmpint(rvl_snapshot_rule(snapshot, 0)->action, ==, RVL_ACTION_BYPASS);
    g_assert_cmpint(rvl_snapshot_rule(snapshot, 1)->action, ==, RVL_ACTION_DISCARD);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/connection/defaults-fill-what-is-not-written",
                    defaults_fill_what_is_not_written);
    g_test_add_func("/policy/connection/written-values-win", written_values_win);
    g_test_add_func("/policy/connection/dynamic-becomes-the-address", dynamic_becomes_the_address);
    g_test_add_func("/policy/connection/origins-name-the-line-to-change",
                    origins_name_the_line_to_change);
    g_test_add_func("/policy/connection/missing-secret-is-told-when-configured",
                    missing_secret_is_told_when_configured);
    g_test_add_func("/policy/connection/secret-of-nobody-is-told", secret_of_nobody_is_told);
    g_test_add_func("/policy/connection/disabled-connection-is-not-there",
                    disabled_connection_is_not_there);
    g_test_add_func("/policy/connection/weak-algorithms-must-be-named",
                    weak_algorithms_must_be_named);
    g_test_add_func("/policy/connection/authenticators-see-their-keys-and-no-others",
                    authenticators_see_their_keys_and_no_others);
    g_test_add_func("/policy/connection/secret-is-found-by-the-peers-identity",
                    secret_is_found_by_the_peers_identity);
    g_test_add_func("/policy/connection/secrets-go-with-the-snapshot",
                    secrets_go_with_the_snapshot);
    g_test_add_func("/policy/connection/identities-are-authorised", identities_are_authorised);
    g_test_add_func("/policy/spd/rule-without-addresses-is-refused",
                    rule_without_addresses_is_refused);
    g_test_add_func("/policy/spd/rules-stand-before-connections", rules_stand_before_connections);
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *path = g_strdup_printf("/policy/connection/refuses/%s", refused[i].name);

        g_test_add_data_func(path, &refused[i], is_refused);
    }
    return g_test_run();
}
