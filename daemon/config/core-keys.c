/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The core's groups and keys. From these rows come checks, defaults, completion and the manual
 * page. Defaults that name a plugin, method or algorithm stand in installed files, not here.
 */
#include "config.h"

#include "config/core-keys.h"

const RvlGroupKind rvl_core_kinds[] = {
    {"daemon", false, false, "the daemon itself: sockets, plugins, limits"},
    {"connection", true, false, "a peer, how both ends prove themselves, and a first Child SA"},
    {"child", true, false, "a further Child SA of a connection: [child CONNECTION/NAME]"},
    {"spd", true, false, "traffic that is let through or dropped without protection"},
    {"authority", true, false, "a certificate authority that is trusted"},
    {"secret", true, false, "a secret for the connection of this name, or for an identity"},
    {"profile", true, false, "what connections may use, and their defaults"},
    {"plugin", true, false, "a plugin's own keys: [plugin NAME]"},
    {"pool", true, true, "addresses for peers"},
    {"user", true, true, "a user who proves itself by password"},
    {"rule", true, true, "what an identity is granted"},
    {"template", true, true, "keys that several groups share"},
    {"bundle", false, true, "a signed policy"},
};
const size_t rvl_core_n_kinds = G_N_ELEMENTS(rvl_core_kinds);

static const char *const any_word[] = {"any", NULL};
static const char *const auto_word[] = {"auto", NULL};
static const char *const no_word[] = {"no", NULL};
static const char *const yes_no_words[] = {"yes", "no", NULL};
static const char *const versions[] = {"ikev2", "ikev1", NULL};
static const char *const keeps[] = {"up", "trap", "none", NULL};
static const char *const rekeys[] = {"auto", "no", NULL};
static const char *const pfs[] = {"yes", "no", "require", NULL};
static const char *const encapsulations[] = {"auto", "always", "never", NULL};
static const char *const uniques[] = {"replace", "keep", "never", NULL};
static const char *const modes[] = {"tunnel", "transport", NULL};
static const char *const protocols[] = {"esp", "ah", NULL};
static const char *const esns[] = {"auto", "yes", "no", NULL};
static const char *const actions[] = {"bypass", "discard", NULL};
static const char *const levels[] = {"error", "warning", "notice", "info", "debug", NULL};

#define MINUTE_MS INT64_C(60000)
#define DAY_MS (24 * 60 * MINUTE_MS)

#define KEY(g, n, t) .group = (g), .name = (n), .type = RVL_KEY_##t
#define DEFAULT(text) .default_text = (text)
#define WORDS(list) .words = (list)
#define BETWEEN(least, most) .minimum = (least), .maximum = (most)
#define COSTS(what) .cost = RVL_COST_##what
#define NOT_SERVED .is_reserved = true
#define HELP(text) .help = (text)

/* Keys of a Child SA, which [child] has, and [connection] for its own. */
#define CHILD_KEYS(g)                                                                              \
    {KEY(g, "protect", SELECTORS), COSTS(RENEW),                                                   \
     HELP("traffic to protect: LOCAL <-> REMOTE, lists of prefixes, ranges, any, dynamic")},       \
        {KEY(g, "child-proposals", PROPOSALS), COSTS(REKEY),                                       \
         HELP("algorithms of Child SAs, the best first")},                                         \
        {KEY(g, "mode", WORD), DEFAULT("tunnel"), WORDS(modes), COSTS(RENEW),                      \
         HELP("whole packets, or their payload")},                                                 \
        {KEY(g, "protocol", WORD), DEFAULT("esp"), WORDS(protocols), COSTS(RENEW),                 \
         HELP("encrypt, or only authenticate")},                                                   \
        {KEY(g, "keep", WORD), WORDS(keeps),                                                       \
         HELP("up: always (the default with remote-address); trap: on the first packet; none: "    \
              "only answer (else)")},                                                              \
        {KEY(g, "esn", WORD), DEFAULT("auto"), WORDS(esns), COSTS(REKEY),                          \
         HELP("extended sequence numbers; auto: offered and accepted either way")},                \
        {KEY(g, "replay-window", PACKETS), DEFAULT("4096 packets"), BETWEEN(32, 1048576),          \
         COSTS(REKEY), HELP("how far packets may overtake each other")},                           \
        {KEY(g, "lifetime", LIFETIME), COSTS(REKEY),                                               \
         HELP("hard limits of a Child SA: time, octets, packets; default: the profile's")},        \
        {KEY(g, "pfs", WORD), DEFAULT("yes"), WORDS(pfs), COSTS(REKEY),                            \
         HELP("a key exchange of its own for each rekeyed or further Child SA; require: for the "  \
              "first too, which is rekeyed at once, and none without")},                           \
        {KEY(g, "mark", TEXT), NOT_SERVED, HELP("mark of packets")},                               \
        {KEY(g, "priority", INTEGER), NOT_SERVED, HELP("order among overlapping policies")},       \
    {                                                                                              \
        KEY(g, "installer", TEXT), NOT_SERVED, HELP("who carries the packets of this Child SA")    \
    }

const RvlKey rvl_core_keys[] = {
    /* [daemon] */
    {KEY("daemon", "listen", PREFIXES), DEFAULT("any"), WORDS(any_word), COSTS(RESTART),
     HELP("addresses to listen on; any: all that this machine has and gets")},
    {KEY("daemon", "port", INTEGER), DEFAULT("500"), BETWEEN(0, 65535), COSTS(RESTART),
     HELP("UDP port of IKE; 0: any free one")},
    {KEY("daemon", "nat-port", INTEGER), DEFAULT("4500"), BETWEEN(0, 65535), COSTS(RESTART),
     HELP("UDP port of IKE and ESP behind NAT; 0: any free one")},
    {KEY("daemon", "crypto-backend", TEXTS), COSTS(RESTART),
     HELP("backends, the preferred first; PRIMITIVE: BACKEND overrides one")},
    {KEY("daemon", "installer", TEXT), DEFAULT("auto"), COSTS(RESTART),
     HELP("who carries packets; auto: the first of installer-order")},
    {KEY("daemon", "installer-order", TEXTS), COSTS(RESTART),
     HELP("what installer = auto tries, in this order")},
    {KEY("daemon", "plugins", TEXTS), DEFAULT("all"), COSTS(RESTART),
     HELP("plugins to load: all, or names of which each must load")},
    {KEY("daemon", "plugin-directories", TEXTS), COSTS(RESTART),
     HELP("further folders with plugins, absolute paths")},
    {KEY("daemon", "workers", INTEGER), DEFAULT("auto"), WORDS(auto_word), BETWEEN(1, 256),
     COSTS(RESTART), HELP("threads for jobs; auto: one a processor")},
    {KEY("daemon", "half-open-limit", INTEGER), DEFAULT("4096"), BETWEEN(1, 1000000),
     HELP("IKE SAs half-way through a set-up, in all")},
    {KEY("daemon", "half-open-limit-per-source", INTEGER), DEFAULT("64"), BETWEEN(1, 1000000),
     HELP("the same from one address, or one /64 of IPv6")},
    {KEY("daemon", "cookie-threshold", INTEGER), DEFAULT("256"), BETWEEN(0, 1000000),
     HELP("half-open IKE SAs from which on strangers must return a cookie; 0: always")},
    {KEY("daemon", "retransmit", TEXTS), DEFAULT("500 ms, 2, 6"),
     HELP("first wait for an answer, factor of each further one, sends in all")},
    {KEY("daemon", "log-level", WORD), DEFAULT("notice"), WORDS(levels),
     HELP("the least important events that are logged")},
    {KEY("daemon", "profile-floor", TEXT), NOT_SERVED, HELP("a profile that bounds all others")},

    /* [connection] */
    {KEY("connection", "enabled", BOOL), DEFAULT("yes"), COSTS(RENEW),
     HELP("no: as if the connection were not there")},
    {KEY("connection", "version", WORD), DEFAULT("ikev2"), WORDS(versions), COSTS(RENEW),
     HELP("version of IKE")},
    {KEY("connection", "local-address", PREFIXES), DEFAULT("any"), WORDS(any_word), COSTS(RENEW),
     HELP("our addresses")},
    {KEY("connection", "remote-address", TEXTS), DEFAULT("any"), WORDS(any_word), COSTS(RENEW),
     HELP("the peer's addresses, prefixes or names")},
    {KEY("connection", "remote-port", INTEGER), BETWEEN(1, 65535), COSTS(RENEW),
     HELP("the peer's port; default: 500, then 4500")},
    {KEY("connection", "local-id", IDENTITY), COSTS(RENEW),
     HELP("who we are; default: the certificate's first name, else our address")},
    {KEY("connection", "remote-id", IDENTITY), WORDS(any_word), COSTS(RENEW),
     HELP("who the peer must be; *.DOMAIN and *@DOMAIN stand for many; default: "
          "remote-address")},
    {KEY("connection", "auth", TEXTS), COSTS(RENEW),
     HELP("how both ends prove themselves; default: the profile's")},
    {KEY("connection", "local-auth", TEXTS), COSTS(RENEW),
     HELP("how we prove ourselves; default: auth")},
    {KEY("connection", "remote-auth", TEXTS), COSTS(RENEW),
     HELP("how the peer may prove itself; default: auth")},
    {KEY("connection", "certificate", PATH), COSTS(NONE), HELP("our certificate, a file in pki/")},
    {KEY("connection", "key", PATH), COSTS(NONE),
     HELP("its private key; default: the one in pki/ that fits")},
    {KEY("connection", "authority", TEXTS), COSTS(RENEW),
     HELP("authorities that the peer's certificate may come from; default: all")},
    {KEY("connection", "profile", TEXT), DEFAULT("default"), COSTS(RENEW),
     HELP("what the connection may use, and its defaults")},
    {KEY("connection", "ike-proposals", PROPOSALS), COSTS(RENEW),
     HELP("algorithms of the IKE SA, the best first")},
    {KEY("connection", "ike-lifetime", DURATION), BETWEEN(MINUTE_MS / 6, 30 * DAY_MS), COSTS(NONE),
     HELP("hard limit of an IKE SA; default: the profile's")},
    {KEY("connection", "rekey", WORD), DEFAULT("auto"), WORDS(rekeys), COSTS(NONE),
     HELP("auto: before a lifetime ends; no: the SA ends with it")},
    {KEY("connection", "liveness", DURATION), DEFAULT("30 s"), WORDS(no_word),
     BETWEEN(1000, DAY_MS), HELP("silence after which the peer is asked whether it lives")},
    {KEY("connection", "encapsulation", WORD), DEFAULT("auto"), WORDS(encapsulations), COSTS(RENEW),
     HELP("ESP in UDP: where a NAT is found, always, or never")},
    {KEY("connection", "fragmentation", WORD), DEFAULT("yes"), WORDS(yes_no_words),
     HELP("large IKE messages go in fragments")},
    {KEY("connection", "unique", WORD), DEFAULT("replace"), WORDS(uniques),
     HELP("what happens when a connected identity comes again")},
    {KEY("connection", "interface", TEXT), DEFAULT("auto"), COSTS(RENEW),
     HELP("none, auto, or the name of the interface to make")},
    {KEY("connection", "address", TEXTS), COSTS(RENEW), HELP("addresses of the interface")},
    {KEY("connection", "mtu", INTEGER), DEFAULT("auto"), WORDS(auto_word), BETWEEN(576, 65535),
     COSTS(RENEW), HELP("largest inner packet; auto: what every suite leaves of 1500 octets")},
    {KEY("connection", "routes", TEXT), DEFAULT("auto"), COSTS(RENEW),
     HELP("auto, no, or table N")},
    CHILD_KEYS("connection"),
    {KEY("connection", "for", TEXTS), NOT_SERVED, HELP("systems of the peers")},
    {KEY("connection", "like", TEXT), NOT_SERVED, HELP("a template")},
    {KEY("connection", "pool", TEXTS), NOT_SERVED, HELP("addresses for the peer")},
    {KEY("connection", "exchange", TEXT), NOT_SERVED, HELP("main or aggressive, of IKEv1")},
    {KEY("connection", "reauthenticate", TEXT), NOT_SERVED,
     HELP("time after which both ends prove themselves anew")},
    {KEY("connection", "mobike", BOOL), NOT_SERVED, HELP("ends may change their addresses")},

    /* [child] */
    {KEY("child", "enabled", BOOL), DEFAULT("yes"), COSTS(RENEW),
     HELP("no: as if the group were not there")},
    CHILD_KEYS("child"),
    {KEY("child", "rekey", WORD), DEFAULT("auto"), WORDS(rekeys),
     HELP("auto: before a lifetime ends; no: the SA ends with it")},

    /* [spd] */
    {KEY("spd", "action", WORD), WORDS(actions),
     HELP("bypass: let through in the clear; discard: drop")},
    {KEY("spd", "match", SELECTORS), HELP("the traffic: LOCAL <-> REMOTE")},

    /* [authority] */
    {KEY("authority", "certificate", PATH), HELP("its certificate, a file in pki/")},
    {KEY("authority", "revocation", TEXT), NOT_SERVED, HELP("how strictly revocation is checked")},

    /* [secret] */
    {KEY("secret", "id", IDENTITY),
     HELP("the peer that the secret is shared with; default: the connection of this name")},

    /* [profile] */
    {KEY("profile", "auth", TEXTS),
     HELP("how ends prove themselves where the connection does not say")},
    {KEY("profile", "ike-proposals", PROPOSALS), COSTS(RENEW),
     HELP("what connections offer; unregistered words are skipped")},
    {KEY("profile", "child-proposals", PROPOSALS), COSTS(REKEY), HELP("the same for Child SAs")},
    {KEY("profile", "allow", TEXTS),
     HELP("what connections may name besides: words, modern (all that is not weak), weak")},
    {KEY("profile", "allow-auth", TEXTS),
     HELP("methods of proof that connections may name besides; any: all")},
    {KEY("profile", "ike-lifetime", DURATION), BETWEEN(MINUTE_MS / 6, 30 * DAY_MS),
     HELP("longest life of an IKE SA, and the default")},
    {KEY("profile", "lifetime", LIFETIME), HELP("the same of a Child SA")},
};
const size_t rvl_core_n_keys = G_N_ELEMENTS(rvl_core_keys);
