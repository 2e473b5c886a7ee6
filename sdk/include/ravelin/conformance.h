/* SPDX-License-Identifier: MIT */
/* Conformance suites: what every plugin of a capability must do, for its maker to run. */
#pragma once

#include <ravelin/crypto-suite.h>
#include <ravelin/key-exchange.h>

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

G_END_DECLS
