/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The road in of protected messages. Nothing in an SA changes before the integrity check holds. */
#include "config.h"

#include "ike/core/inbound.h"

#include "ike/core/clear.h"
#include "ike/core/engine-state.h"
#include "ike/core/nat.h"
#include "ike/core/outbound.h"
#include "ike/core/report.h"
#include "ike/core/sa-life.h"
#include "ike/core/strangers.h"
#include "ike/v2/exchanges.h"
#include "wire/encrypted.h"

/* Bound of what waits for its keys: one message with all its fragments. */
#define PARKED_MAX_OCTETS ((size_t)65535)
#define PARKED_MAX_DATAGRAMS RVL_FRAGMENTS_MAX

/* What all that haven't proved themselves may make us hold together. */
#define HELD_MAX_OCTETS ((size_t)8 << 20)

/* What one datagram shows before it is opened. */
typedef struct {
    const RvlPath *path;
    RvlOctets octets;
    RvlIsakmpHeader header;
    RvlPayload encrypted;
    uint64_t digest;
} Arrival;

void
rvl_verified_free(RvlVerified *verified)
{
    rvl_message_free(verified->message);
    g_free(verified);
}

/* Counts what @ike holds now, as long as it is half-open. */
static void
count_held(RvlIkeSa *ike)
{
    size_t now = ike->is_half_open ? ike->parked.octets + ike->reassembly.octets : 0;

    ike->engine->held_octets += now - ike->held_octets;
    ike->held_octets = now;
}

static bool
may_hold(const RvlIkeSa *ike, size_t octets)
{
    return !ike->is_half_open || ike->engine->held_octets + octets <= HELD_MAX_OCTETS;
}

static RvlVerified *
verified_new(RvlMessage *message, const RvlPath *path)
{
    RvlVerified *verified = g_new0(RvlVerified, 1);

    verified->message = message;
    verified->path = *path;
    return verified;
}

/* Parsing failed behind the integrity check: the peer itself speaks badly (RFC 7296 2.21.3). */
static void
refuse_malformed(RvlIkeSa *ike,
                 const Arrival *arrival,
                 const RvlExchangeKind *kind,
                 RvlVerified *verified,
                 GError *error)
{
    rvl_error_prefix_where(&error, "%s", kind->name);
    if (rvl_isakmp_header_is_response(&arrival->header)) {
        g_clear_pointer(&verified, rvl_verified_free);
        ike->window.next_request++;
        rvl_exchange_fail(ike, ike->exchanges.asking, error);
        return;
    }
    rvl_window_begin(&ike->window, arrival->digest);
    rvl_exchange_refuse_request(ike, kind, &arrival->header, arrival->path, verified, error);
}

/* A message is whole, opened, and its integrity holds: from here on the SA may change. */
static void
take_chain(RvlIkeSa *ike, const Arrival *arrival, uint8_t first, RvlOctets chain)
{
    bool is_response = rvl_isakmp_header_is_response(&arrival->header);
    const RvlExchangeKind *kind;
    RvlMessage *message;
    GError *error = NULL;

    rvl_sa_life_heard(ike, arrival->path);
    message = rvl_message_parse_inner(&arrival->header, first, chain.data, chain.size,
                                      arrival->encrypted.offset, &error);
    kind = is_response ? ike->exchanges.asking->kind
                       : rvl_exchanges_of_request(ike, &arrival->header, message);
    if (kind == NULL) { /* an exchange that nobody here knows, or not in this state: no answer */
        rvl_report_dropped(ike, arrival->path, RVL_CAUSE_MESSAGE_MALFORMED, error);
        g_clear_error(&error);
        g_clear_pointer(&message, rvl_message_free);
        return;
    }
    if (message == NULL ||
        !rvl_grammar_check(rvl_grammar_v2(is_response ? kind->response : kind->request), message,
                           &error)) {
        refuse_malformed(ike, arrival, kind,
                         message != NULL ? verified_new(message, arrival->path) : NULL, error);
        return;
    }
    rvl_report_received(ike, message, arrival->octets.size);
    if (is_response) {
        rvl_exchange_take_response(ike, verified_new(message, arrival->path));
        return;
    }
    rvl_window_begin(&ike->window, arrival->digest);
    rvl_exchange_take_request(ike, kind, verified_new(message, arrival->path));
}

static bool
open_message(RvlIkeSa *ike,
             const Arrival *arrival,
             uint8_t *copy,
             RvlOctets *content,
             GError **error)
{
    RvlMessageKeys *keys = rvl_sa_keys_for(&ike->keys, arrival->header.message_id);
    RvlEncryptedShape shape;
    RvlEncryptedLayout layout;
    size_t octets;

    rvl_message_keys_shape(keys, &shape);
    if (!rvl_encrypted_layout(&arrival->encrypted, &shape, &layout, error) ||
        !rvl_message_open(ike->engine->protector, keys, copy, &layout, error) ||
        !rvl_encrypted_strip(copy + layout.ciphertext, layout.ciphertext_octets, &octets, error))
        return false;
    *content = RVL_OCTETS(copy + layout.ciphertext, octets);
    return true;
}

/* RFC 7383 2.6: numbers are judged before, and stored only after, the fragment was verified. */
static void
take_fragment(RvlIkeSa *ike, Arrival *arrival, RvlOctets content)
{
    const RvlEncryptedPayload *fragment = &arrival->encrypted.encrypted;
    g_autoptr(GBytes) chain = NULL;
    uint8_t first;

    if (!may_hold(ike, content.size)) {
        rvl_report_dropped(ike, arrival->path, RVL_CAUSE_FRAGMENT_LIMIT, NULL);
        return;
    }
    if (!rvl_reassembly_add(&ike->reassembly, arrival->header.message_id,
                            rvl_isakmp_header_is_response(&arrival->header), fragment->fragment,
                            fragment->n_fragments, fragment->first, arrival->digest, content)) {
        count_held(ike);
        rvl_report_dropped(ike, arrival->path, RVL_CAUSE_FRAGMENT_LIMIT, NULL);
        return;
    }
    count_held(ike);
    if (!rvl_reassembly_is_complete(&ike->reassembly))
        return;
    chain = rvl_reassembly_take(&ike->reassembly, &first, &arrival->digest);
    count_held(ike);
    take_chain(ike, arrival, first, rvl_octets_from_bytes(chain));
}

static void
open_and_take(RvlIkeSa *ike, Arrival *arrival)
{
    g_autofree uint8_t *copy = g_memdup2(arrival->octets.data, arrival->octets.size);
    g_autoptr(GError) error = NULL;
    RvlOctets content;

    if (!open_message(ike, arrival, copy, &content, &error)) {
        rvl_report_dropped(ike, arrival->path, rvl_error_cause(error), error);
        return;
    }
    if (arrival->encrypted.type == RVL_PAYLOAD_SKF)
        take_fragment(ike, arrival, content);
    else
        take_chain(ike, arrival, arrival->encrypted.encrypted.first, content);
}

static bool
is_wanted_fragment(const RvlIkeSa *ike, const Arrival *arrival)
{
    if (arrival->encrypted.type != RVL_PAYLOAD_SKF)
        return true;
    return rvl_reassembly_judge(&ike->reassembly, arrival->header.message_id,
                                rvl_isakmp_header_is_response(&arrival->header),
                                arrival->encrypted.encrypted.fragment,
                                arrival->encrypted.encrypted.n_fragments) == RVL_FRAGMENT_WANTED;
}

static void
take_request(RvlIkeSa *ike, Arrival *arrival)
{
    switch (rvl_window_judge(&ike->window, arrival->header.message_id, arrival->digest)) {
    case RVL_WINDOW_NEW:
        if (is_wanted_fragment(ike, arrival))
            open_and_take(ike, arrival);
        return;
    case RVL_WINDOW_REPEAT: /* it has the digest of what was verified: needs no second look */
        if (rvl_window_may_repeat(&ike->window, rvl_path_equal(arrival->path, &ike->path.current),
                                  ike->engine->now.time))
            rvl_outbound_send(ike, arrival->path, ike->window.answer);
        return;
    case RVL_WINDOW_IN_WORK:
    case RVL_WINDOW_OUT:
        return;
    }
}

static void
take_response(RvlIkeSa *ike, Arrival *arrival)
{
    const RvlExchange *x = ike->exchanges.asking;

    if (x == NULL || x->phase != RVL_PHASE_SENT || x->kind->is_clear ||
        x->message_id != arrival->header.message_id || x->kind->type != arrival->header.exchange)
        return; /* an answer to what was answered, or to nothing */
    if (is_wanted_fragment(ike, arrival))
        open_and_take(ike, arrival);
}

static void
parked_clear(void *data)
{
    RvlParkedDatagram *parked = data;

    g_bytes_unref(parked->octets);
}

/* IKE_AUTH that came while its keys are still being made: counted as half-open, bounded. */
static void
park(RvlIkeSa *ike, const Arrival *arrival)
{
    RvlParkedDatagram parked = {.path = *arrival->path};

    if (!may_hold(ike, arrival->octets.size) ||
        ike->parked.octets + arrival->octets.size > PARKED_MAX_OCTETS ||
        (ike->parked.datagrams != NULL && ike->parked.datagrams->len >= PARKED_MAX_DATAGRAMS))
        return;
    if (ike->parked.datagrams == NULL) {
        ike->parked.datagrams = g_array_new(FALSE, FALSE, sizeof parked);
        g_array_set_clear_func(ike->parked.datagrams, parked_clear);
    }
    ike->parked.octets += arrival->octets.size;
    count_held(ike);
    parked.octets = g_bytes_new(arrival->octets.data, arrival->octets.size);
    g_array_append_val(ike->parked.datagrams, parked);
}

void
rvl_inbound_unpark(RvlIkeSa *ike)
{
    g_autoptr(GArray) datagrams = g_steal_pointer(&ike->parked.datagrams);

    ike->parked.octets = 0;
    count_held(ike);
    for (guint i = 0; datagrams != NULL && i < datagrams->len; i++) {
        const RvlParkedDatagram *parked = &g_array_index(datagrams, RvlParkedDatagram, i);

        if (ike->state == RVL_IKE_SA_GONE)
            return;
        rvl_inbound_datagram(ike->engine, &parked->path, rvl_octets_from_bytes(parked->octets));
    }
}

static void
take_protected(RvlIkeSa *ike, Arrival *arrival)
{
    g_autoptr(GError) error = NULL;

    if (!rvl_encrypted_find(arrival->octets.data, arrival->octets.size, &arrival->encrypted,
                            &error)) {
        /* in clear, whatever it claims: noted, never obeyed (2.21.4, 1.5) */
        rvl_report_dropped(ike, arrival->path, RVL_CAUSE_MESSAGE_FORGED, error);
        return;
    }
    if (!rvl_sa_keys_are_ready(&ike->keys)) {
        if (!ike->is_initiator && !rvl_isakmp_header_is_response(&arrival->header))
            park(ike, arrival);
        return;
    }
    if (rvl_isakmp_header_is_response(&arrival->header))
        take_response(ike, arrival);
    else
        take_request(ike, arrival);
}

/* The SA that both SPIs and the initiator flag lead to (RFC 7296 2.6, 3.1); NULL: none. */
static RvlIkeSa *
find_sa(RvlEngine *engine, const RvlIsakmpHeader *header)
{
    bool from_initiator = rvl_isakmp_header_is_from_initiator(header);
    uint64_t ours = from_initiator ? header->responder_spi : header->initiator_spi;
    uint64_t theirs = from_initiator ? header->initiator_spi : header->responder_spi;
    RvlIkeSa *ike = ours != 0 ? rvl_engine_find_spi(engine, ours) : NULL;

    if (ike == NULL || ike->state == RVL_IKE_SA_GONE || ike->is_initiator == from_initiator ||
        ike->spi_remote != theirs)
        return NULL;
    return ike;
}

void
rvl_inbound_datagram(RvlEngine *engine, const RvlPath *path, RvlOctets datagram)
{
    Arrival arrival = {.path = path, .octets = datagram};
    g_autoptr(GError) error = NULL;
    RvlIkeSa *ike;

    if (!rvl_isakmp_header_parse(datagram.data, datagram.size, &arrival.header, &error)) {
        rvl_strangers_refuse_header(engine, path, datagram, &arrival.header, error);
        return;
    }
    if (rvl_isakmp_header_major(&arrival.header) != 2) {
        rvl_report_stranger_dropped(engine, path, RVL_CAUSE_VERSION_MISMATCH, NULL);
        return;
    }
    if (arrival.header.exchange == RVL_EXCHANGE_IKE_SA_INIT) {
        rvl_clear_datagram(engine, path, datagram, &arrival.header);
        return;
    }
    ike = find_sa(engine, &arrival.header);
    if (ike == NULL) {
        rvl_strangers_refuse_spi(engine, path, datagram, &arrival.header);
        return;
    }
    arrival.digest = rvl_engine_digest(engine, datagram);
    take_protected(ike, &arrival);
}
