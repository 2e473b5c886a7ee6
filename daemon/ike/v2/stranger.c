/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stranger's first message: admission, cookies, choice; the last that is stateless (RFC 7296 2.6). */
#include "config.h"

#include "crypto/key-exchange.h"
#include "ike/core/clear.h"
#include "ike/core/engine-state.h"
#include "ike/core/nat.h"
#include "ike/core/report.h"
#include "ike/core/sa-life.h"
#include "ike/core/strangers.h"
#include "ike/v2/authenticators.h"
#include "ike/v2/exchanges.h"
#include "ike/v2/init-state.h"
#include "ike/v2/sa-init.h"
#include "registry/algorithms.h"
#include "wire/notify.h"

/* After a cookie, so many octets more than the question had. */
#define AFTER_COOKIE ((size_t)512)

/* How large our answer will be, to be held against the question before anything is kept. */
static size_t
answer_octets(const RvlEngine *engine,
              const RvlMessage *message,
              const RvlConnection *connection,
              const RvlChoice *choice,
              bool requests_certificates)
{
    static const uint8_t hash[RVL_NAT_HASH_OCTETS];
    static const uint8_t nonce[RVL_NONCE_OCTETS];
    const RvlPayload *ke = rvl_message_find(message, RVL_PAYLOAD_KE);
    const RvlRegistry *registry = engine->services.registry;
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    g_autoptr(GBytes) answer = NULL;

    rvl_exchanges_add_choice(draft, choice, RVL_PROTOCOL_IKE, RVL_OCTETS_NONE);
    rvl_draft_add_key_exchange(draft, ke->ke.method, ke->ke.value);
    rvl_draft_add_nonce(draft, RVL_OCTETS(nonce, sizeof nonce));
    rvl_draft_add_notify(draft, RVL_NOTIFY_NAT_DETECTION_SOURCE_IP, RVL_OCTETS(hash, sizeof hash));
    rvl_draft_add_notify(draft, RVL_NOTIFY_NAT_DETECTION_DESTINATION_IP,
                         RVL_OCTETS(hash, sizeof hash));
    rvl_draft_add_notify(draft, RVL_NOTIFY_IKEV2_FRAGMENTATION_SUPPORTED, RVL_OCTETS_NONE);
    rvl_authenticators_announce(registry, connection, draft);
    if (requests_certificates)
        rvl_authenticators_request(registry, connection, draft);
    answer = rvl_draft_finish_clear(draft, &message->header, NULL);
    return answer != NULL ? g_bytes_get_size(answer) : G_MAXSIZE;
}

/*
 * Whether the answer may be as large as it wants to be; where the address isn't proved, that is as
 * large as the question, else a little more: then CERTREQ is left out rather than nothing said.
 */
static bool
has_room(const RvlEngine *engine,
         const RvlClear *request,
         const RvlCandidates *candidates,
         const RvlChoice *choice,
         bool has_cookie,
         bool *requests_certificates)
{
    const RvlConnection *best = rvl_candidates_best(candidates);
    size_t most = g_bytes_get_size(request->octets) + (has_cookie ? AFTER_COOKIE : 0);

    *requests_certificates = answer_octets(engine, request->message, best, choice, true) <= most;
    return *requests_certificates ||
           (has_cookie && answer_octets(engine, request->message, best, choice, false) <= most);
}

/* The MAC that makes cookies: of the first PRF that is served; which one matters to nobody else. */
static const RvlMac *
cookie_mac(const RvlEngine *engine)
{
    const RvlSuiteEntry *entry;

    for (size_t i = 0; (entry = rvl_registry_suite_at(engine->services.registry, i)) != NULL; i++) {
        uint16_t number;
        RvlPrf prf;

        if (entry->row->type == RVL_TRANSFORM_PRF && !entry->row->is_legacy &&
            rvl_suite_row_number(entry->row, RVL_SPACE_IKEV2_PRF, &number) &&
            rvl_prf_find(engine->services.crypto, number, &prf, NULL))
            return prf.mac;
    }
    return NULL;
}

static bool
returned_cookie(const RvlEngine *engine, const RvlClear *request)
{
    const RvlMessage *message = request->message;
    const RvlNotifyPayload *cookie = rvl_message_find_notify(message, RVL_NOTIFY_COOKIE);
    const RvlPayload *nonce = rvl_message_find(message, RVL_PAYLOAD_NONCE);
    const RvlMac *mac = cookie != NULL ? cookie_mac(engine) : NULL;

    return mac != NULL &&
           rvl_cookie_check(&engine->cookies, mac, &request->path, message->header.initiator_spi,
                            nonce->body, cookie->data);
}

static void
ask_for_cookie(RvlEngine *engine, const RvlClear *request)
{
    const RvlMessage *message = request->message;
    const RvlPayload *nonce = rvl_message_find(message, RVL_PAYLOAD_NONCE);
    const RvlMac *mac = cookie_mac(engine);
    uint8_t secret[RVL_COOKIE_SECRET_OCTETS];
    uint8_t cookie[RVL_COOKIE_OCTETS];

    if (rvl_cookies_need_secret(&engine->cookies, engine->now.time)) {
        if (!rvl_engine_random(engine, secret, sizeof secret))
            return;
        rvl_cookies_rotate(&engine->cookies, secret, engine->now.time);
        rvl_secret_wipe(secret, sizeof secret);
    }
    if (mac != NULL && rvl_cookie_make(&engine->cookies, mac, &request->path,
                                       message->header.initiator_spi, nonce->body, cookie))
        rvl_strangers_answer(engine, &request->path, rvl_octets_from_bytes(request->octets),
                             &message->header, RVL_NOTIFY_COOKIE,
                             RVL_OCTETS(cookie, sizeof cookie));
}

/* Whether the request may cost anything; where not, it was answered as far as it is due. */
static bool
admit(RvlEngine *engine, const RvlClear *request, bool has_cookie)
{
    RvlAdmission admission = rvl_half_open_judge(&engine->half_open, &request->path.remote.address);
    bool asks = admission != RVL_ADMIT;

    if (asks != engine->half_open.asks_cookies) {
        engine->half_open.asks_cookies = asks;
        rvl_report_cookies(engine, asks);
    }
    switch (admission) {
    case RVL_ADMIT:
        return true;
    case RVL_ADMIT_WITH_COOKIE:
    case RVL_ADMIT_IN_PLACE:
        if (!has_cookie)
            ask_for_cookie(engine, request);
        return has_cookie;
    case RVL_ADMIT_NOT:
        rvl_report_stranger_dropped(engine, &request->path, RVL_CAUSE_HALF_OPEN_LIMIT, NULL);
        return false;
    }
    return false;
}

static void
refuse(RvlEngine *engine,
       const RvlClear *request,
       uint16_t notify,
       RvlOctets data,
       const GError *error)
{
    rvl_report_stranger_refused(engine, &request->path, rvl_error_cause(error), error);
    rvl_strangers_answer(engine, &request->path, rvl_octets_from_bytes(request->octets),
                         &request->message->header, notify, data);
}

/* Proposal and group, among all connections that the peer may turn out to belong to. */
static bool
choose(RvlEngine *engine, const RvlClear *request, RvlCandidates *candidates, RvlChoice *choice)
{
    const RvlPayload *sa = rvl_message_find(request->message, RVL_PAYLOAD_SA);
    const RvlPayload *ke = rvl_message_find(request->message, RVL_PAYLOAD_KE);
    g_autoptr(GError) error = NULL;
    uint16_t group;
    uint8_t data[2];

    if (!rvl_candidates_choose(candidates, sa->sa.proposals, sa->sa.n, ke->ke.method,
                               engine->services.registry, choice, &error)) {
        refuse(engine, request, RVL_NOTIFY_NO_PROPOSAL_CHOSEN, RVL_OCTETS_NONE, error);
        return false;
    }
    group = rvl_choice_id(choice, RVL_TRANSFORM_KE);
    if (group != ke->ke.method) { /* 1.2: it guessed wrong and may try again */
        data[0] = (uint8_t)(group >> 8);
        data[1] = (uint8_t)group;
        rvl_error_set(&error, RVL_CAUSE_GROUP_MISMATCH, "asked for group %u in place of %u", group,
                      ke->ke.method);
        refuse(engine, request, RVL_NOTIFY_INVALID_KE_PAYLOAD, RVL_OCTETS(data, sizeof data),
               error);
        return false;
    }
    if (!rvl_key_exchange_check_length(engine->services.crypto, group, false, ke->ke.value.size,
                                       &error)) {
        rvl_report_stranger_dropped(engine, &request->path, rvl_error_cause(error), error);
        return false;
    }
    return true;
}

/*
 * An honest peer goes on within a round trip: the oldest half-open one is the least likely to be
 * honest. Silence towards newcomers would let strangers with true addresses close the door.
 */
static void
make_room(RvlEngine *engine)
{
    if (engine->half_open.total >= engine->half_open.limits.total &&
        engine->half_open_sas.head != NULL)
        rvl_sa_life_end(engine->half_open_sas.head->data, RVL_CAUSE_HALF_OPEN_LIMIT, NULL);
}

static RvlIkeSa *
begin_answer(RvlEngine *engine,
             const RvlClear *request,
             RvlCandidates *candidates,
             const RvlChoice *choice)
{
    const RvlMessage *message = request->message;
    const RvlPayload *nonce = rvl_message_find(message, RVL_PAYLOAD_NONCE);
    RvlIkeSa *ike;

    make_room(engine);
    ike = rvl_ike_sa_new(engine, false, &request->path);
    if (ike == NULL) {
        rvl_candidates_free(candidates);
        return NULL;
    }
    ike->spi_remote = message->header.initiator_spi;
    ike->peer.candidates = candidates;
    ike->keys.choice = *choice;
    ike->init = rvl_init_new(engine->services.secrets);
    ike->init->group = rvl_choice_id(choice, RVL_TRANSFORM_KE);
    ike->init->nonce_i = g_bytes_new(nonce->body.data, nonce->body.size);
    ike->init->request = g_bytes_ref(request->octets);
    rvl_authenticators_hear(engine->services.registry, message, ike->init->notifies);
    ike->is_in_first = true;
    rvl_keyed_table_add(engine->by_first, &ike->by_first,
                        rvl_clear_first_hash(engine, ike->spi_remote, &request->path));
    rvl_sa_life_begin_set_up(ike);
    rvl_window_begin(&ike->window,
                     rvl_engine_digest(engine, rvl_octets_from_bytes(request->octets)));
    return ike;
}

void
rvl_sa_init_take_stranger(RvlEngine *engine, RvlClear *request)
{
    g_autoptr(RvlClear) owned = request;
    g_autoptr(RvlCandidates) candidates = NULL;
    g_autoptr(GError) error = NULL;
    bool has_cookie = returned_cookie(engine, request);
    bool requests_certificates;
    RvlChoice choice;
    RvlIkeSa *ike;

    if (engine->snapshot == NULL || engine->is_stopping || !admit(engine, request, has_cookie))
        return;
    candidates = rvl_candidates_new(engine->snapshot, &request->path.local.address,
                                    &request->path.remote.address, 2, &error);
    if (candidates == NULL) {
        refuse(engine, request, RVL_NOTIFY_NO_PROPOSAL_CHOSEN, RVL_OCTETS_NONE, error);
        return;
    }
    if (!choose(engine, request, candidates, &choice))
        return;
    if (!has_room(engine, request, candidates, &choice, has_cookie, &requests_certificates)) {
        if (!has_cookie) /* no larger answer before the address is proved */
            ask_for_cookie(engine, request);
        return;
    }
    ike = begin_answer(engine, request, g_steal_pointer(&candidates), &choice);
    if (ike == NULL)
        return;
    ike->init->requests_certificates = requests_certificates;
    rvl_exchange_take_clear_request(ike, &rvl_exchange_sa_init, g_steal_pointer(&owned));
}
