/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stand-in host: suites as their RFCs have them, secrets, random, time, and a queue. */
#include "config.h"

#include "test-host.h"

#include <string.h>
#include <time.h>
#include <ravelin/error.h>

/* RFC 4106, RFC 7634, RFC 3602 with RFC 4868. */
static const RvlSuiteRow rows[] = {
    {.type = RVL_TRANSFORM_ENCR,
     .word = "aes128gcm16",
     .key_bits = 128,
     .is_combined = true,
     .key_octets = 16,
     .salt_octets = 4,
     .iv_octets = 8,
     .icv_octets = 16,
     .block_octets = 1,
     .primitive = "aead/aes-128-gcm"},
    {.type = RVL_TRANSFORM_ENCR,
     .word = "aes256gcm16",
     .key_bits = 256,
     .is_combined = true,
     .key_octets = 32,
     .salt_octets = 4,
     .iv_octets = 8,
     .icv_octets = 16,
     .block_octets = 1,
     .primitive = "aead/aes-256-gcm"},
    {.type = RVL_TRANSFORM_ENCR,
     .word = "chacha20poly1305",
     .is_combined = true,
     .key_octets = 32,
     .salt_octets = 4,
     .iv_octets = 8,
     .icv_octets = 16,
     .block_octets = 1,
     .primitive = "aead/chacha20-poly1305"},
    {.type = RVL_TRANSFORM_ENCR,
     .word = "aes128",
     .key_bits = 128,
     .key_octets = 16,
     .iv_octets = 16,
     .block_octets = 16,
     .primitive = "cipher/aes-128-cbc"},
    {.type = RVL_TRANSFORM_INTEG,
     .word = "sha256",
     .key_octets = 32,
     .icv_octets = 16,
     .output_octets = 32,
     .primitive = "mac/hmac-sha2-256"},
    {.type = RVL_TRANSFORM_INTEG,
     .word = "sha512",
     .key_octets = 64,
     .icv_octets = 32,
     .output_octets = 64,
     .primitive = "mac/hmac-sha2-512"},
};
static const RvlTransform transforms[] = {
    {RVL_TRANSFORM_ENCR, 20, 128}, {RVL_TRANSFORM_ENCR, 20, 256}, {RVL_TRANSFORM_ENCR, 28, 0},
    {RVL_TRANSFORM_ENCR, 12, 128}, {RVL_TRANSFORM_INTEG, 12, 0},  {RVL_TRANSFORM_INTEG, 14, 0},
};

const TestSuite test_suites[] = {
    {"aes128gcm16", {RVL_TRANSFORM_ENCR, 20, 128}, {RVL_TRANSFORM_INTEG, 0, 0}},
    {"aes256gcm16", {RVL_TRANSFORM_ENCR, 20, 256}, {RVL_TRANSFORM_INTEG, 0, 0}},
    {"chacha20poly1305", {RVL_TRANSFORM_ENCR, 28, 0}, {RVL_TRANSFORM_INTEG, 0, 0}},
    {"aes128-sha256", {RVL_TRANSFORM_ENCR, 12, 128}, {RVL_TRANSFORM_INTEG, 12, 0}},
    {"aes128-sha512", {RVL_TRANSFORM_ENCR, 12, 128}, {RVL_TRANSFORM_INTEG, 14, 0}},
};
const size_t n_test_suites = G_N_ELEMENTS(test_suites);

const TestSuite *
test_suite(const char *word)
{
    for (size_t i = 0; i < n_test_suites; i++)
        if (g_str_equal(test_suites[i].word, word))
            return &test_suites[i];
    return NULL;
}

static const RvlSuiteRow *
find_row(const RvlTransform *transform)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rvl_transform_equal(&transforms[i], transform))
            return &rows[i];
    return NULL;
}

static RvlProtection *
protection(void *context,
           const RvlTransform *encr,
           const RvlTransform *integ,
           uint32_t use,
           GError **error)
{
    const TestHost *host = context;

    (void)use;
    return rvl_protection_new(find_row(encr), NULL, find_row(integ), NULL, host->host.primitives,
                              error);
}

static RvlProtectionKey *
protection_key(void *context,
               const RvlProtection *of,
               RvlSecretId encr,
               RvlSecretId integ,
               GError **error)
{
    TestHost *host = context;
    const RvlSecretServices *services = host->host.secrets;
    g_autoptr(RvlSecret) encr_key = services->get(services->context, encr);
    g_autoptr(RvlSecret) integ_key = services->get(services->context, integ);

    return rvl_protection_key_new(of, ++host->last_key, encr_key, integ_key, error);
}

static RvlTime
now(void *context)
{
    (void)context;
    return g_get_monotonic_time();
}

typedef struct {
    RvlCall call;
    void *user_data;
} Posted;

static void
invoke(void *context, RvlCall call, void *user_data)
{
    TestHost *host = context;
    Posted *posted = g_new(Posted, 1);

    *posted = (Posted){call, user_data};
    pthread_mutex_lock(&host->mutex);
    g_queue_push_tail(host->posted, posted);
    pthread_cond_signal(&host->came);
    pthread_mutex_unlock(&host->mutex);
}

static bool
some_random(void *context, uint8_t *out, size_t octets)
{
    (void)context;
    for (size_t i = 0; i < octets; i++)
        out[i] = (uint8_t)g_random_int();
    return true;
}

static const RvlPrimitives only_random = {.size = sizeof only_random, .random = some_random};

/* ---- the core's side ---- */

static bool
acquire(void *context, RvlPolicyId policy, const RvlFlow *flow, uint64_t acquire_id)
{
    TestCalls *calls = context;
    bool is_taken;

    pthread_mutex_lock(&calls->mutex);
    calls->acquires++;
    calls->last_acquire = acquire_id;
    calls->last_policy = policy;
    calls->last_flow = *flow;
    is_taken = !calls->refuses_acquires;
    pthread_mutex_unlock(&calls->mutex);
    return is_taken;
}

static void
expired(void *context, RvlSaId sa, bool is_hard, uint32_t cause)
{
    TestCalls *calls = context;

    (void)sa;
    pthread_mutex_lock(&calls->mutex);
    calls->soft += !is_hard;
    calls->hard += is_hard;
    calls->last_cause = cause;
    pthread_mutex_unlock(&calls->mutex);
}

static void
mapping_changed(void *context, RvlSaId sa, const RvlEndpoint *remote)
{
    TestCalls *calls = context;

    (void)sa;
    pthread_mutex_lock(&calls->mutex);
    calls->mappings++;
    calls->last_mapping = *remote;
    pthread_mutex_unlock(&calls->mutex);
}

static void
path_mtu(void *context, RvlSaId sa, uint32_t mtu)
{
    TestCalls *calls = context;

    (void)sa;
    pthread_mutex_lock(&calls->mutex);
    calls->mtus++;
    calls->last_mtu = mtu;
    pthread_mutex_unlock(&calls->mutex);
}

static bool
ike_datagram(void *context,
             RvlEndpointId endpoint,
             const RvlPath *path,
             const uint8_t *octets,
             size_t n)
{
    TestCalls *calls = context;

    (void)endpoint;
    pthread_mutex_lock(&calls->mutex);
    calls->ike++;
    calls->last_path = *path;
    calls->n_ike_octets = MIN(n, sizeof calls->ike_octets);
    memcpy(calls->ike_octets, octets, calls->n_ike_octets);
    pthread_mutex_unlock(&calls->mutex);
    return true;
}

static void
ignored(void *context)
{
    (void)context;
}

TestHost *
test_host_new(const RvlPrimitives *primitives)
{
    TestHost *host = g_new0(TestHost, 1);

    host->posted = g_queue_new();
    host->secrets = rvl_secret_store_new();
    pthread_mutex_init(&host->calls.mutex, NULL);
    pthread_mutex_init(&host->mutex, NULL);
    pthread_cond_init(&host->came, NULL);
    host->host = (RvlHost){
        .size = sizeof host->host,
        .context = host,
        .primitives = primitives != NULL ? primitives : &only_random,
        .secrets = rvl_secret_store_services(host->secrets),
        .protection = protection,
        .protection_key = protection_key,
        .now = now,
        .invoke = invoke,
        .owner = "test",
    };
    host->core = (RvlInstallerHost){
        .size = sizeof host->core,
        .context = &host->calls,
        .acquire = acquire,
        .expired = expired,
        .mapping_changed = mapping_changed,
        .path_mtu = path_mtu,
        .ike_datagram = ike_datagram,
        .overrun = ignored,
        .restarted = ignored,
    };
    return host;
}

void
test_host_free(TestHost *host)
{
    while (test_host_run(host) > 0)
        ;
    g_queue_free(host->posted);
    rvl_secret_store_free(host->secrets);
    pthread_mutex_destroy(&host->calls.mutex);
    pthread_mutex_destroy(&host->mutex);
    pthread_cond_destroy(&host->came);
    g_free(host);
}

/* The oldest that waits; where there is none, waits for one up to @ms. */
static Posted *
take(TestHost *host, long ms)
{
    struct timespec until;
    Posted *posted;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&host->mutex);
    if (ms > 0 && g_queue_is_empty(host->posted))
        pthread_cond_timedwait(&host->came, &host->mutex, &until);
    posted = g_queue_pop_head(host->posted);
    pthread_mutex_unlock(&host->mutex);
    return posted;
}

unsigned
test_host_run(TestHost *host)
{
    unsigned n = 0;
    Posted *posted;

    while ((posted = take(host, 0)) != NULL) {
        posted->call(posted->user_data);
        g_free(posted);
        n++;
    }
    return n;
}

bool
test_host_await(TestHost *host, bool (*condition)(void *), void *user_data)
{
    RvlTime end = g_get_monotonic_time() + 10 * RVL_SECOND;

    while (!condition(user_data)) {
        Posted *posted = take(host, 10);

        if (posted != NULL)
            posted->call(posted->user_data);
        g_free(posted);
        if (g_get_monotonic_time() > end)
            return condition(user_data);
    }
    return true;
}

RvlSecretId
test_host_secret(TestHost *host, uint8_t seed, size_t n)
{
    const RvlSecretServices *services = host->host.secrets;
    g_autoptr(RvlSecret) secret = rvl_secret_new(n);

    for (size_t i = 0; i < n; i++)
        rvl_secret_fill(secret)[i] = (uint8_t)(seed + i);
    return services->put(services->context, secret);
}

RvlSelectors *
test_selectors(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    RvlSelector selectors[8];
    size_t n = 0;

    for (; parts[n] != NULL; n++) {
        g_autoptr(GError) error = NULL;

        g_assert_true(n < G_N_ELEMENTS(selectors));
        if (!rvl_selector_parse(g_strstrip(parts[n]), &selectors[n], &error))
            g_error("%s", error->message);
    }
    return rvl_selectors_new(selectors, n);
}

RvlEndpoint
test_endpoint(const char *address, uint16_t port)
{
    RvlEndpoint endpoint = {.port = port};

    if (!rvl_address_parse(address, &endpoint.address))
        g_error("'%s' is no address", address);
    return endpoint;
}
