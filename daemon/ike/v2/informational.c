/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the peer asks by INFORMATIONAL: deletes, notifies, or nothing but a sign of life (RFC 7296 1.4). */
#include "config.h"

#include "ike/core/child-life.h"
#include "ike/core/collision.h"
#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "ike/core/sa-life.h"
#include "ike/v2/exchanges.h"
#include "wire/notify.h"

/**
 * RvlInformational:
 * @spis: (nullable): our inbound SPIs of the Child SAs that go with the answer
 * @protocol: of those
 * @deletes_ike: the IKE SA goes
 */
typedef struct {
    GArray *spis;
    RvlProtocol protocol;
    RvlCause ike_cause;
    bool deletes_ike;
} RvlInformational;

/* The SPIs are the sender's inbound ones: our outbound (1.4.1). */
static void
take_child_deletes(RvlIkeSa *ike, RvlInformational *state, const RvlDeletePayload *payload)
{
    if (state->spis == NULL)
        state->spis = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    state->protocol = (RvlProtocol)payload->protocol;
    for (size_t i = 0; i < payload->n; i++) {
        RvlChildSa *child = rvl_collision_find_deleted(ike, (RvlProtocol)payload->protocol,
                                                       rvl_delete_payload_spi(payload, i));
        bool names_ours;

        if (child == NULL || child->state == RVL_CHILD_NEGOTIATED)
            continue; /* unknown ones are passed over (2.25.1) */
        names_ours = rvl_collision_names_ours(child->ike, child);
        if (names_ours)
            g_array_append_val(state->spis, child->spi_in);
        rvl_collision_child_deleted(child->ike, child);
    }
}

static bool
take(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlInformational *state = x->state;
    const RvlMessage *message = x->request->message;
    const RvlNotifyPayload *refusal = rvl_message_find_error(message);
    const RvlPayload *payload = NULL;

    (void)error;
    state->ike_cause = RVL_CAUSE_PEER_DELETED;
    if (refusal != NULL && refusal->type == RVL_NOTIFY_AUTHENTICATION_FAILED) {
        rvl_report_peer_refused(ike, x, refusal->type, NULL, RVL_CAUSE_AUTH_REFUSED_BY_PEER);
        state->ike_cause = RVL_CAUSE_AUTH_REFUSED_BY_PEER;
        state->deletes_ike = true;
    }
    while ((payload = rvl_message_next(message, RVL_PAYLOAD_DELETE, payload)) != NULL) {
        if (payload->del.protocol == RVL_PROTOCOL_IKE)
            state->deletes_ike = true;
        else if (ike->state == RVL_IKE_SA_ESTABLISHED)
            take_child_deletes(ike, state, &payload->del);
    }
    return true;
}

static bool
build_response(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    const RvlInformational *state = x->state;

    (void)ike;
    (void)error;
    /* An IKE SA's delete is answered by nothing; its children go with it (1.4.1). */
    if (!state->deletes_ike && state->spis != NULL && state->spis->len > 0)
        rvl_draft_add_delete(out, state->protocol, (const uint32_t *)(void *)state->spis->data,
                             state->spis->len);
    return true;
}

static void
settle(RvlIkeSa *ike, RvlExchange *x)
{
    const RvlInformational *state = x->state;

    if (!state->deletes_ike)
        return;
    rvl_collision_ike_deleted(ike);
    if (ike->state != RVL_IKE_SA_GONE)
        rvl_sa_life_end(ike, state->ike_cause, NULL);
}

static void
clear(RvlIkeSa *ike, RvlExchange *x)
{
    RvlInformational *state = x->state;

    (void)ike;
    g_clear_pointer(&state->spis, g_array_unref);
}

static const RvlStep take_request[] = {take, NULL};

const RvlExchangeKind rvl_exchange_informational = {
    .name = "informational",
    .story = "answers the peer's deletes and questions of life",
    .type = RVL_EXCHANGE_INFORMATIONAL,
    .answered_in = RVL_IN_ESTABLISHED | RVL_IN_REPLACED | RVL_IN_DELETING,
    .request = RVL_GRAMMAR_V2_INFORMATIONAL,
    .response = RVL_GRAMMAR_V2_INFORMATIONAL,
    .state_octets = sizeof(RvlInformational),
    .take_request = take_request,
    .build_response = build_response,
    .settle = settle,
    .clear = clear,
};
