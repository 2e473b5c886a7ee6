/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin host and a core for tests of the data plane: a queue that the test runs, calls that are kept. */
#pragma once

#include <pthread.h>
#include <ravelin/plugin.h>
#include <ravelin/installer.h>

G_BEGIN_DECLS

/** TestSuite: a pair of transforms, as the suites' plugins have it. */
typedef struct {
    const char *word;
    RvlTransform encr;
    RvlTransform integ;
} TestSuite;

extern const TestSuite test_suites[];
extern const size_t n_test_suites;
const TestSuite *test_suite(const char *word);

/** TestCalls: what the data plane told its core. */
typedef struct {
    pthread_mutex_t mutex;
    unsigned acquires;
    uint64_t last_acquire;
    RvlPolicyId last_policy;
    RvlFlow last_flow;
    bool refuses_acquires;
    unsigned soft, hard;
    uint32_t last_cause;
    unsigned mappings;
    RvlEndpoint last_mapping;
    unsigned mtus;
    uint32_t last_mtu;
    unsigned ike;
    RvlPath last_path;
    uint8_t ike_octets[64];
    size_t n_ike_octets;
} TestCalls;

/**
 * TestHost:
 * @host: for plane_new()
 * @core: for attach()
 *
 * Calls that any thread posts wait until test_host_run() runs them. The locks are pthread's, which
 * thread sanitizers know; GLib's own they don't.
 */
typedef struct {
    RvlHost host;
    RvlInstallerHost core;
    RvlSecretStore *secrets;
    TestCalls calls;
    pthread_mutex_t mutex;
    pthread_cond_t came;
    GQueue *posted;
    uint64_t last_key;
} TestHost;

/** test_host_new: @primitives: (nullable): NULL: no suite can be had, random is there. */
TestHost *test_host_new(const RvlPrimitives *primitives);
void test_host_free(TestHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestHost, test_host_free)

/** test_host_run: runs what waits; returns how many. */
unsigned test_host_run(TestHost *host);
/** test_host_await: runs until @condition holds, at most ten seconds. */
bool test_host_await(TestHost *host, bool (*condition)(void *), void *user_data);

/** test_host_secret: (transfer full): a handle to @n octets made of @seed. */
RvlSecretId test_host_secret(TestHost *host, uint8_t seed, size_t n);

/** test_selectors: (transfer full): of a comma list; ends the test where it is none. */
RvlSelectors *test_selectors(const char *text);
RvlEndpoint test_endpoint(const char *address, uint16_t port);

G_END_DECLS
