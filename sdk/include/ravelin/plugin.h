/* SPDX-License-Identifier: MIT */
/* The plugin descriptor, what the host gives a plugin, and the macro that declares one. */
#pragma once

#include <ravelin/crypto-suite.h>
#include <ravelin/event.h>
#include <ravelin/macros.h>
#include <ravelin/protection.h>
#include <ravelin/schema.h>
#include <ravelin/settings.h>
#include <ravelin/time.h>

G_BEGIN_DECLS

/*
 * How the contract lasts: descriptor, interfaces, parameters and answers begin with their size and grow
 * only at the end; arrays of structs that may grow cross with a stride; whoever reads either goes by the
 * other side's length (<ravelin/sized.h>). Parameter structs say by `needs` bits which optional fields
 * are set, and a receiver refuses what it doesn't know (<ravelin/needs.h>). No struct crosses by value.
 *
 * What is passed as it is (RvlOctets, RvlNumber, RvlParameter, RvlAddress, RvlPrefix, RvlRange,
 * RvlSelector, RvlEndpoint, RvlLocalAddress, RvlPath, RvlTransform, RvlWallTime, RvlFlow,
 * RvlConsumerName, RvlScratch, RvlAuthNotify), and what lies in a plugin's memory for libravelin to
 * work on (RvlReader, RvlAuthOctets), is frozen within a MAJOR.
 */

/* The contract's version, apart from the release's. A MAJOR breaks; a MINOR only appends. */
#define RVL_CONTRACT_MAJOR 1
#define RVL_CONTRACT_MINOR 0

/**
 * RvlCapability:
 *
 * What a plugin can provide; each has one interface in a header of its own. The list may grow.
 */
typedef enum {
    RVL_CAPABILITY_CRYPTO_BACKEND = 1,       /* RvlCryptoBackend */
    RVL_CAPABILITY_CRYPTO_SUITE = 2,         /* RvlCryptoSuite */
    RVL_CAPABILITY_KEY_EXCHANGE = 3,         /* RvlKeyExchange */
    RVL_CAPABILITY_AUTHENTICATOR = 4,        /* RvlAuthenticator */
    RVL_CAPABILITY_EAP_METHOD = 5,           /* RvlEapMethod */
    RVL_CAPABILITY_EAP_RELAY = 6,            /* RvlEapRelay */
    RVL_CAPABILITY_PASSWORD_VERIFIER = 7,    /* RvlPasswordVerifier */
    RVL_CAPABILITY_CERTIFICATE_VERIFIER = 8, /* RvlCertificateVerifier */
    RVL_CAPABILITY_CREDENTIAL_SOURCE = 9,    /* RvlCredentialSource */
    RVL_CAPABILITY_INSTALLER = 10,           /* RvlInstaller */
    RVL_CAPABILITY_ROUTES = 11,              /* RvlRoutes */
    RVL_CAPABILITY_ADDRESS_POOL = 12,        /* RvlAddressPool */
    RVL_CAPABILITY_STORE = 13,               /* RvlStore */
    RVL_CAPABILITY_POLICY_SOURCE = 14,       /* RvlPolicySource */
    RVL_CAPABILITY_EVENT_SINK = 15,          /* RvlEventSink */
    RVL_CAPABILITY_FRONT_END = 16,           /* RvlFrontEnd */
} RvlCapability;

/** rvl_capability_word: (transfer none): `crypto-backend`; `unknown` for foreign values. */
const char *rvl_capability_word(uint32_t capability);

/**
 * RvlProvision:
 * @capability: RvlCapability
 * @name: the word by which configuration and reports call it, unique within the capability
 * @interface: the capability's interface struct, whose first field is its size
 */
typedef struct {
    uint32_t capability;
    const char *name;
    const void *interface;
} RvlProvision;

/**
 * RvlNeed:
 * @capability: RvlCapability
 * @name: (nullable): a certain one, or any
 * @is_optional: load after it where it is there, and without it otherwise
 */
typedef struct {
    uint32_t capability;
    const char *name;
    bool is_optional;
} RvlNeed;

/** RvlTimerId: 0 is no timer. */
typedef uint64_t RvlTimerId;
typedef void (*RvlCall)(void *user_data);

/**
 * RvlHost:
 * @context: handed to each call
 * @primitives: resolved primitives
 * @secrets: the secret store
 * @events: where the plugin's events go; the scope's plugin is filled in
 * @protection: (transfer full): packet protection of a pair of transforms, for @use (RVL_USE_…)
 * @protection_key: (transfer full): key for it from handles; gives it a fresh id
 * @prf: (transfer none): the MAC behind an IKEv2 PRF transform ID
 * @suite: (transfer none) (nullable): the row of a transform
 * @lookup: (transfer none) (nullable): interface and instance of another plugin's capability that
 *   `needs` names; @name NULL: the preferred one
 * @provider: enumerates: the @i-th provision of @capability; NULL past the last
 * @now: monotonic
 * @wall: wall clock
 * @timer_add: calls @call once on the main loop after @delay; @timer_remove: before that
 * @invoke: calls @call on the main loop, soon; from any thread
 * @directory: (transfer none): `config`, `pki`, `runtime`, `state`, `data`: the instance's folder
 * @owner: (transfer none): tag of this daemon instance, the beginning of every owner tag
 *
 * The host's services as a table, handed to load() and valid until the plugin's unload returned.
 *
 * Thread: primitives, secrets, events, protection, protection_key, prf, suite, now, wall and invoke: any;
 * the others: main loop.
 */
typedef struct RvlHost {
    uint32_t size;
    void *context;
    const RvlPrimitives *primitives;
    const RvlSecretServices *secrets;
    const RvlEvents *events;
    RvlProtection *(*protection)(void *context,
                                 const RvlTransform *encr,
                                 const RvlTransform *integ,
                                 uint32_t use,
                                 GError **error);
    RvlProtectionKey *(*protection_key)(void *context,
                                        const RvlProtection *protection,
                                        RvlSecretId encr,
                                        RvlSecretId integ,
                                        GError **error);
    const RvlMac *(*prf)(void *context, uint16_t prf, GError **error);
    const RvlSuiteRow *(*suite)(void *context, const RvlTransform *transform);
    const void *(*lookup)(void *context, uint32_t capability, const char *name, void **self);
    const void *(
        *provider)(void *context, uint32_t capability, size_t i, const char **name, void **self);
    RvlTime (*now)(void *context);
    void (*wall)(void *context, RvlWallTime *wall);
    RvlTimerId (*timer_add)(void *context, RvlTime delay, RvlCall call, void *user_data);
    void (*timer_remove)(void *context, RvlTimerId timer);
    void (*invoke)(void *context, RvlCall call, void *user_data);
    const char *(*directory)(void *context, const char *kind);
    const char *owner;
} RvlHost;

/** RvlPluginHead: what the host reads before it trusts anything else of the descriptor. */
typedef struct {
    uint32_t size; /* of the descriptor as its maker knows it */
    uint16_t contract_major;
    uint16_t contract_minor;
} RvlPluginHead;

/** RVL_PLUGIN_HEAD: size and contract version of the header that this is compiled with. */
#define RVL_PLUGIN_HEAD                                                                            \
    {                                                                                              \
        sizeof(RvlPlugin), RVL_CONTRACT_MAJOR, RVL_CONTRACT_MINOR                                  \
    }

/**
 * RvlPlugin:
 * @head: RVL_PLUGIN_HEAD
 * @name: unique among all plugins; a C identifier, the one given to RVL_PLUGIN()
 * @version: of the plugin
 * @licence: SPDX expression; shown, not enforced
 * @summary: one line for `ravelinctl plugins`
 * @provides, @n_provides, @provides_stride: (array): sizeof(RvlProvision) as compiled
 * @needs, @n_needs, @needs_stride: (array): capabilities that must be loaded before
 * @options, @n_options, @options_stride: (array): its keys
 * @load: (nullable): makes the instance: what is handed as `self` to every interface function.
 *   NULL: there is no instance and `self` is NULL. False: the plugin fails with @error; everything
 *   that it took is given back. It runs on the main loop and must not block.
 * @unload: (nullable): ends the instance; the module itself stays mapped
 *
 * One const descriptor a module, declared by RVL_PLUGIN(). Fields beyond @head.size are absent.
 */
typedef struct {
    RvlPluginHead head;
    const char *name;
    const char *version;
    const char *licence;
    const char *summary;
    const RvlProvision *provides;
    size_t n_provides;
    size_t provides_stride;
    const RvlNeed *needs;
    size_t n_needs;
    size_t needs_stride;
    const RvlKey *options;
    size_t n_options;
    size_t options_stride;
    bool (*load)(const RvlHost *host, const RvlSettings *settings, void **self, GError **error);
    void (*unload)(void *self);
} RvlPlugin;

/* Fill in an array field, its count and its stride. */
#define RVL_PROVIDES(array)                                                                        \
    .provides = (array), .n_provides = G_N_ELEMENTS(array), .provides_stride = sizeof((array)[0])
#define RVL_NEEDS(array)                                                                           \
    .needs = (array), .n_needs = G_N_ELEMENTS(array), .needs_stride = sizeof((array)[0])
#define RVL_OPTIONS(array)                                                                         \
    .options = (array), .n_options = G_N_ELEMENTS(array), .options_stride = sizeof((array)[0])

/**
 * RVL_PLUGIN:
 * @id: the plugin's name, a C identifier
 *
 * Declares the descriptor under the symbol `<id>_LTX_rvl_plugin`, which libltdl finds in a module
 * and in a static build alike:
 *
 * |[ RVL_PLUGIN(psk) = { .head = RVL_PLUGIN_HEAD, .name = "psk", … }; ]|
 */
#define RVL_PLUGIN(id)                                                                             \
    extern const RvlPlugin id##_LTX_rvl_plugin;                                                    \
    __attribute__((visibility("default"))) const RvlPlugin id##_LTX_rvl_plugin

G_END_DECLS
