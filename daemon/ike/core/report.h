/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the engine says of itself: events with the scope of their SA. The one file that emits. */
#pragma once

#include "ike/core/error-policy.h"
#include "ike/core/ike-sa.h"

/* Messages */
void rvl_report_sent(RvlIkeSa *ike,
                     const RvlExchange *x,
                     bool is_response,
                     const GPtrArray *datagrams);
void rvl_report_received(RvlIkeSa *ike, const RvlMessage *message, size_t octets);
void rvl_report_retransmit(RvlIkeSa *ike, const RvlExchange *x, unsigned try, unsigned tries);
/** rvl_report_dropped: @error: (nullable): a message of an SA that came to nothing. */
void rvl_report_dropped(RvlIkeSa *ike, const RvlPath *path, RvlCause cause, const GError *error);
/** rvl_report_stranger_dropped: the same of no SA: counted, and said only now and then. */
void rvl_report_stranger_dropped(RvlEngine *engine,
                                 const RvlPath *path,
                                 RvlCause cause,
                                 const GError *error);
/** rvl_report_stranger_refused: a first message that was answered by a notify. */
void rvl_report_stranger_refused(RvlEngine *engine,
                                 const RvlPath *path,
                                 RvlCause cause,
                                 const GError *error);
void rvl_report_cookies(RvlEngine *engine, bool are_on);
/** rvl_report_peer_refused: the peer's error notify; @offered: (nullable): what we had offered. */
void rvl_report_peer_refused(RvlIkeSa *ike,
                             const RvlExchange *x,
                             uint16_t notify,
                             const char *offered,
                             RvlCause cause);
void rvl_report_exchange_failed(RvlIkeSa *ike,
                                const RvlExchange *x,
                                const GError *why,
                                const RvlVerdict *verdict);
void rvl_report_collision(RvlIkeSa *ike, const char *exchange, const char *outcome);

/** rvl_report_weak: a connection that names weak algorithms is in force. */
void rvl_report_weak(RvlEngine *engine, const RvlConnection *connection);

/* IKE SAs */
void rvl_report_connecting(RvlIkeSa *ike);
void rvl_report_granted(RvlIkeSa *ike);
void rvl_report_ike_up(RvlIkeSa *ike);
void rvl_report_ike_rekeyed(RvlIkeSa *ike, bool by_us);
void rvl_report_ike_down(RvlIkeSa *ike, RvlCause cause, const GError *error);
void rvl_report_set_up_failed(RvlIkeSa *ike, RvlCause cause, const GError *error);
void rvl_report_nat(RvlIkeSa *ike);
void rvl_report_path_changed(RvlIkeSa *ike, const RvlPath *to);

/* Child SAs */
void rvl_report_child_up(RvlIkeSa *ike, const RvlChildSa *child);
void rvl_report_child_rekeyed(RvlIkeSa *ike, const RvlChildSa *child, bool by_us);
void rvl_report_child_refused(RvlIkeSa *ike,
                              const char *child,
                              RvlCause cause,
                              const GError *error);
/** rvl_report_child_limit: the installer told of a limit that was reached, for @cause. */
void rvl_report_child_limit(const RvlChildSa *child, bool is_hard, RvlCause cause);
/** rvl_report_child_down: it ends; its counters come with rvl_report_child_counters(). */
void rvl_report_child_down(RvlIkeSa *ike, RvlChildSa *child, RvlCause cause, const GError *error);
void rvl_report_child_counters(RvlEngine *engine,
                               const RvlChildSa *child,
                               const RvlJobResult *result);
void rvl_report_narrowed(RvlIkeSa *ike,
                         const RvlChildSa *child,
                         const RvlSelectors *wanted,
                         const RvlSelectors *agreed);
/** rvl_report_install_failed: @ike: (nullable). */
void rvl_report_install_failed(RvlEngine *engine,
                               RvlIkeSa *ike,
                               const char *operation,
                               const GError *error);

/** rvl_report_rules_set: @rules: of RvlRule: they are in force. */
void rvl_report_rules_set(RvlEngine *engine, const GArray *rules);

/* Connections */
/** rvl_report_undeployed: @operation, "deployment" or "withdrawal", failed. */
void rvl_report_undeployed(RvlEngine *engine,
                           const char *connection,
                           const char *operation,
                           const GError *error);
void rvl_report_acquire(RvlEngine *engine,
                        const char *connection,
                        const char *child,
                        const RvlFlow *flow);
void rvl_report_retry(RvlEngine *engine, const char *connection, RvlTime delay, unsigned try);
void rvl_report_resolved(RvlEngine *engine,
                         const char *connection,
                         const char *name,
                         const GArray *reaches);
void rvl_report_unreached(RvlEngine *engine,
                          const char *connection,
                          const char *name,
                          const GError *error);
