/* SPDX-License-Identifier: MIT */
/* Conformance suites: what every plugin of a capability must do, for its maker to run. */
#pragma once

#include <ravelin/authenticator.h>
#include <ravelin/certificate-verifier.h>
#include <ravelin/credential-source.h>
#include <ravelin/crypto-suite.h>
#include <ravelin/installer.h>
#include <ravelin/key-exchange.h>
#include <ravelin/plugin.h>
#include <ravelin/routes.h>

G_BEGIN_DECLS

/**
 * RvlConformance:
 * @size: sizeof(RvlConformance) when the caller was compiled
 * @report: called for each check: @what says what must hold, @detail (nullable) what was found
 * @user_data: handed to @report
 *
 * A run's audience. A program that prints TAP needs only rvl_conformance_tap().
 *
 * Thread: the caller's; a suite blocks, for seconds where keys are made.
 */
typedef struct {
    uint32_t size;
    void (*report)(void *user_data, bool holds, const char *what, const char *detail);
    void *user_data;
} RvlConformance;

/** RvlConformanceTap: counts for the plan at the end; zeros to begin with. */
typedef struct {
    unsigned n_checks;
    unsigned n_failed;
} RvlConformanceTap;

/** rvl_conformance_tap: makes @to an audience that prints TAP; @tap outlives it. */
void rvl_conformance_tap(RvlConformanceTap *tap, RvlConformance *to);
/** rvl_conformance_tap_finish: prints the plan; returns whether all checks held. */
bool rvl_conformance_tap_finish(const RvlConformanceTap *tap);

/**
 * rvl_conformance_crypto_backend:
 * @backend, @self: interface and instance
 *
 * Names, sizes and known answers of all primitives that it names; batches with strides, more keys
 * than a scratch keeps, keys forgotten, items that are skipped, lengths that it must refuse;
 * randomness.
 */
void rvl_conformance_crypto_backend(const RvlConformance *to,
                                    const RvlCryptoBackend *backend,
                                    void *self);

/**
 * rvl_conformance_backend_pair:
 * @other, @other_self: another backend
 *
 * Everything that both name, between the two: what one seals, signs or offers the other opens,
 * verifies and answers, and where a result is determined both give the same. Data is made from a
 * counter, so that a difference comes again.
 */
void rvl_conformance_backend_pair(const RvlConformance *to,
                                  const RvlCryptoBackend *backend,
                                  void *self,
                                  const RvlCryptoBackend *other,
                                  void *other_self);

/**
 * rvl_conformance_crypto_suite:
 * @suite, @self: interface and instance
 * @primitives: to compute with
 *
 * Rows: words and numbers that occur once, sizes that fit the primitives; packet protection by each
 * ENCR row (beside @integ, or the suite's own INTEG rows): seals, opens, and refuses what was touched.
 */
void rvl_conformance_crypto_suite(const RvlConformance *to,
                                  const RvlCryptoSuite *suite,
                                  void *self,
                                  const RvlSuiteRow *integ,
                                  const RvlPrimitives *primitives);

/**
 * rvl_conformance_key_exchange:
 * @groups: interface
 * @primitives: to compute with
 *
 * Rows: words and numbers that occur once; two ends meet in each group with values of exactly the
 * lengths that the row says; values of other lengths are refused.
 */
void rvl_conformance_key_exchange(const RvlConformance *to,
                                  const RvlKeyExchange *groups,
                                  const RvlPrimitives *primitives);

/** rvl_conformance_descriptor: @found: as it lies in the module. Calls nothing of the plugin. */
void rvl_conformance_descriptor(const RvlConformance *to, const RvlPlugin *found);

/**
 * RvlConformanceRun:
 * @size: sizeof(RvlConformanceRun) when the caller was compiled
 * @to: the audience
 * @host: the services that the plugin was loaded with
 * @turn: lets a call come that waits on the main loop; false where none came for some seconds
 * @context: handed to @turn
 *
 * What suites of capabilities need that answer later. Thread: the main loop's.
 */
typedef struct {
    uint32_t size;
    const RvlConformance *to;
    const RvlHost *host;
    bool (*turn)(void *context);
    void *context;
} RvlConformanceRun;

/* Hostile and unknown requests are refused with a cause, once, and leave no secret behind. */
void rvl_conformance_authenticator(const RvlConformanceRun *run,
                                   const RvlAuthenticator *authenticator,
                                   void *self);
void rvl_conformance_certificate_verifier(const RvlConformanceRun *run,
                                          const RvlCertificateVerifier *verifier,
                                          void *self);
void rvl_conformance_credential_source(const RvlConformanceRun *run,
                                       const RvlCredentialSource *source,
                                       void *self);

/**
 * rvl_conformance_installer:
 *
 * Answers that come late and once, SPIs, policies, and that nothing of what was refused stays. It
 * attaches the installer: not for one that serves already.
 */
void rvl_conformance_installer(const RvlConformanceRun *run,
                               const RvlInstaller *installer,
                               void *self);
void rvl_conformance_routes(const RvlConformanceRun *run, const RvlRoutes *routes, void *self);

/**
 * rvl_conformance_capability:
 * @interface: as rvl_interface_read() made it
 *
 * The suite of @capability. Returns: false where it has none yet.
 */
bool rvl_conformance_capability(const RvlConformanceRun *run,
                                uint32_t capability,
                                const void *interface,
                                void *self);

G_END_DECLS
