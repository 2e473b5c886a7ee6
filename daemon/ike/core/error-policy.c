/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows from a cause. */
#include "config.h"

#include "ike/core/error-policy.h"

#include <ravelin/error.h>
#include "wire/notify.h"

typedef enum { WE_ASK = 1, WE_ANSWER = 2 } Side;

#define OF_CAUSE UINT16_MAX /* the notify of the cause's own row */
#define ANY_CAUSE RVL_CAUSE_NONE

/* The first row that fits decides. Silence towards strangers unless the RFC asks for an answer. */
static const struct {
    uint8_t exchange;
    Side side;
    RvlCause cause;
    uint16_t notify;
    bool ends_sa;
    bool tells_peer;
} rows[] = {
    /* 2.6.1, 2.7, 1.2: the initiator may try again; nothing stays here */
    {RVL_EXCHANGE_IKE_SA_INIT, WE_ANSWER, RVL_CAUSE_IKE_PROPOSAL_MISMATCH, OF_CAUSE, true, false},
    {RVL_EXCHANGE_IKE_SA_INIT, WE_ANSWER, RVL_CAUSE_GROUP_MISMATCH, OF_CAUSE, true, false},
    {RVL_EXCHANGE_IKE_SA_INIT, WE_ANSWER, RVL_CAUSE_NO_SUCH_PEER, OF_CAUSE, true, false},
    {RVL_EXCHANGE_IKE_SA_INIT, WE_ANSWER, ANY_CAUSE, 0, true, false},
    {RVL_EXCHANGE_IKE_SA_INIT, WE_ASK, ANY_CAUSE, 0, true, false},
    /* 2.21.2: all but the syntax is AUTHENTICATION_FAILED: a stranger learns nothing else */
    {RVL_EXCHANGE_IKE_AUTH, WE_ANSWER, RVL_CAUSE_MESSAGE_MALFORMED, OF_CAUSE, true, false},
    {RVL_EXCHANGE_IKE_AUTH, WE_ANSWER, RVL_CAUSE_CRITICAL_PAYLOAD_UNKNOWN, OF_CAUSE, true, false},
    {RVL_EXCHANGE_IKE_AUTH, WE_ANSWER, ANY_CAUSE, RVL_NOTIFY_AUTHENTICATION_FAILED, true, false},
    /* the peer believes in an SA that we don't: it must be told (2.21.2) */
    {RVL_EXCHANGE_IKE_AUTH, WE_ASK, RVL_CAUSE_PEER_SILENT, 0, true, false},
    {RVL_EXCHANGE_IKE_AUTH, WE_ASK, RVL_CAUSE_AUTH_REFUSED_BY_PEER, 0, true, false},
    {RVL_EXCHANGE_IKE_AUTH, WE_ASK, ANY_CAUSE, 0, true, true},
    /* 2.21.3: an SA whose end can't be understood is of no use */
    {RVL_EXCHANGE_CREATE_CHILD_SA, WE_ANSWER, RVL_CAUSE_MESSAGE_MALFORMED, OF_CAUSE, true, false},
    {RVL_EXCHANGE_CREATE_CHILD_SA, WE_ANSWER, ANY_CAUSE, OF_CAUSE, false, false},
    {RVL_EXCHANGE_CREATE_CHILD_SA, WE_ASK, RVL_CAUSE_MESSAGE_MALFORMED, 0, true, true},
    {RVL_EXCHANGE_CREATE_CHILD_SA, WE_ASK, RVL_CAUSE_LIVENESS_LOST, 0, true, false},
    {RVL_EXCHANGE_CREATE_CHILD_SA, WE_ASK, ANY_CAUSE, 0, false, false},
    {RVL_EXCHANGE_INFORMATIONAL, WE_ANSWER, RVL_CAUSE_MESSAGE_MALFORMED, OF_CAUSE, true, false},
    {RVL_EXCHANGE_INFORMATIONAL, WE_ANSWER, ANY_CAUSE, OF_CAUSE, false, false},
    {RVL_EXCHANGE_INFORMATIONAL, WE_ASK, ANY_CAUSE, 0, true, false},
};

/* Causes whose rows name no notify refuse a Child SA by this one: "try again" (RFC 7296 2.25). */
#define OTHERWISE RVL_NOTIFY_TEMPORARY_FAILURE

static uint16_t
notify_of_cause(RvlCause cause)
{
    uint16_t notify = rvl_cause_info(cause)->notify;

    /* It must name a group that would do (1.3): who has one refuses by himself. */
    if (notify == RVL_NOTIFY_INVALID_KE_PAYLOAD)
        return RVL_NOTIFY_NO_PROPOSAL_CHOSEN;
    return notify != 0 ? notify : OTHERWISE;
}

RvlVerdict
rvl_error_policy_judge(const RvlIkeSa *ike, const RvlExchange *x, const GError *why)
{
    RvlCause cause = rvl_error_cause(why);
    Side side = x->phase == RVL_PHASE_ANSWERING ? WE_ANSWER : WE_ASK;
    RvlVerdict verdict = {0};

    (void)ike;
    if (why == NULL)
        return verdict;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].exchange == x->kind->type && rows[i].side == side &&
            (rows[i].cause == cause || rows[i].cause == ANY_CAUSE)) {
            verdict.notify = rows[i].notify == OF_CAUSE ? notify_of_cause(cause) : rows[i].notify;
            verdict.ends_sa = rows[i].ends_sa;
            verdict.tells_peer = rows[i].tells_peer;
            break;
        }
    }
    return verdict;
}

/* Both notifies with data say a number: the payload's type, or the group that would do. */
GBytes *
rvl_error_policy_data(const RvlExchange *x, const RvlVerdict *verdict, const GError *why)
{
    guint64 number = 0;
    uint8_t octets[2];

    (void)x;
    if (verdict->notify == RVL_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD &&
        g_ascii_string_to_unsigned(rvl_error_found(why) != NULL ? rvl_error_found(why) : "", 10, 0,
                                   UINT8_MAX, &number, NULL)) {
        octets[0] = (uint8_t)number;
        return g_bytes_new(octets, 1);
    }
    return NULL;
}

uint16_t
rvl_error_policy_child_notify(RvlCause cause)
{
    switch (notify_of_cause(cause)) {
    case RVL_NOTIFY_TS_UNACCEPTABLE:
    case RVL_NOTIFY_SINGLE_PAIR_REQUIRED:
    case RVL_NOTIFY_INTERNAL_ADDRESS_FAILURE:
    case RVL_NOTIFY_FAILED_CP_REQUIRED:
    case RVL_NOTIFY_TEMPORARY_FAILURE:
        return notify_of_cause(cause);
    default:
        return RVL_NOTIFY_NO_PROPOSAL_CHOSEN;
    }
}

RvlCause
rvl_error_policy_heard(uint16_t notify, uint8_t exchange)
{
    switch (notify) {
    case RVL_NOTIFY_NO_PROPOSAL_CHOSEN:
        return exchange == RVL_EXCHANGE_IKE_SA_INIT ? RVL_CAUSE_IKE_PROPOSAL_MISMATCH
                                                    : RVL_CAUSE_CHILD_PROPOSAL_MISMATCH;
    case RVL_NOTIFY_INVALID_KE_PAYLOAD:
        return exchange == RVL_EXCHANGE_IKE_SA_INIT ? RVL_CAUSE_GROUP_MISMATCH
                                                    : RVL_CAUSE_PFS_GROUP_MISMATCH;
    case RVL_NOTIFY_INVALID_MAJOR_VERSION:
        return RVL_CAUSE_VERSION_MISMATCH;
    case RVL_NOTIFY_AUTHENTICATION_FAILED:
        return RVL_CAUSE_AUTH_REFUSED_BY_PEER;
    case RVL_NOTIFY_TS_UNACCEPTABLE:
    case RVL_NOTIFY_SINGLE_PAIR_REQUIRED:
        return RVL_CAUSE_SELECTOR_MISMATCH;
    case RVL_NOTIFY_INTERNAL_ADDRESS_FAILURE:
    case RVL_NOTIFY_FAILED_CP_REQUIRED:
        return RVL_CAUSE_ADDRESS_REFUSED;
    case RVL_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD:
        return RVL_CAUSE_CRITICAL_PAYLOAD_UNKNOWN;
    case RVL_NOTIFY_TEMPORARY_FAILURE:
    case RVL_NOTIFY_CHILD_SA_NOT_FOUND:
    case RVL_NOTIFY_NO_ADDITIONAL_SAS:
        return RVL_CAUSE_REKEY_FAILED;
    default:
        return RVL_CAUSE_MESSAGE_MALFORMED;
    }
}
