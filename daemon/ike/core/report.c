/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the engine says of itself. */
#include "config.h"

#include "ike/core/report.h"

#include "ike/core/engine-state.h"
#include "registry/algorithms.h"
#include "wire/notify.h"

/* Strangers' noise: one event in this time; what came meanwhile is counted in the next. */
#define NOISE_INTERVAL RVL_SECOND

/* The scope of an event about @ike, with the texts that it borrows. */
typedef struct {
    RvlEventScope scope;
    char peer[RVL_ADDRESS_TEXT];
    char *peer_id;
} Scope;

static void
scope_clear(Scope *scope)
{
    g_free(scope->peer_id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scope, scope_clear)

static const char *
connection_name(const RvlIkeSa *ike)
{
    const RvlConnection *connection = ike->peer.connection;

    if (connection == NULL && ike->peer.candidates != NULL)
        connection = rvl_candidates_best(ike->peer.candidates);
    return connection != NULL ? connection->name : NULL;
}

static void
scope_init(Scope *out, const RvlIkeSa *ike, const char *exchange)
{
    *out = (Scope){0};
    if (ike->peer.remote != NULL)
        out->peer_id = rvl_identity_format(ike->peer.remote);
    out->scope = (RvlEventScope){
        .size = sizeof(RvlEventScope),
        .connection = connection_name(ike),
        .ike_spi = ike->spi_local,
        .peer = rvl_endpoint_format(&ike->path.current.remote, out->peer),
        .peer_id = out->peer_id,
        .exchange = exchange,
    };
}

static const char *
exchange_name(uint8_t exchange)
{
    const char *name = rvl_exchange_name(exchange);

    return name != NULL ? name : "unknown";
}

#define EVENTS(engine) ((engine)->services.events)

/* Messages */

static char *
payloads_text(const RvlMessage *message)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < message->n_payloads; i++) {
        const RvlPayload *payload = &message->payloads[i];
        const char *name = payload->type == RVL_PAYLOAD_NOTIFY && payload->is_known
                               ? rvl_notify_name(payload->notify.type)
                               : rvl_payload_name(payload->type);

        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", name != NULL ? name : "unknown");
    }
    return g_string_free(text, FALSE);
}

void
rvl_report_sent(RvlIkeSa *ike, const RvlExchange *x, bool is_response, const GPtrArray *datagrams)
{
    g_auto(Scope) scope = {0};
    size_t octets = 0;

    scope_init(&scope, ike, exchange_name(x->kind->type));
    for (guint i = 0; i < datagrams->len; i++)
        octets += g_bytes_get_size(g_ptr_array_index(datagrams, i));
    rvl_event_emit(EVENTS(ike->engine), &scope.scope, RVL_EVENT_MESSAGE_SENT,
                   RVL_TEXT("kind", is_response ? "response" : "request"),
                   RVL_INTEGER("message-id", x->message_id), RVL_INTEGER("octets", octets),
                   RVL_TEXT("payloads", x->kind->name));
}

void
rvl_report_received(RvlIkeSa *ike, const RvlMessage *message, size_t octets)
{
    g_auto(Scope) scope = {0};
    g_autofree char *payloads = payloads_text(message);
    bool is_response = rvl_isakmp_header_is_response(&message->header);

    scope_init(&scope, ike, exchange_name(message->header.exchange));
    rvl_event_emit(EVENTS(ike->engine), &scope.scope, RVL_EVENT_MESSAGE_RECEIVED,
                   RVL_TEXT("kind", is_response ? "response" : "request"),
                   RVL_INTEGER("message-id", message->header.message_id),
                   RVL_INTEGER("octets", octets), RVL_TEXT("payloads", payloads));
}

void
rvl_report_retransmit(RvlIkeSa *ike, const RvlExchange *x, unsigned try, unsigned tries)
{
    g_auto(Scope) scope = {0};

    scope_init(&scope, ike, exchange_name(x->kind->type));
    rvl_event_emit(EVENTS(ike->engine), &scope.scope, RVL_EVENT_RETRANSMIT,
                   RVL_INTEGER("message-id", x->message_id), RVL_INTEGER("try", try),
                   RVL_INTEGER("tries", tries));
}

/* Says the first of a time and counts the others. */
static bool
may_say(RvlEngine *engine)
{
    RvlNoise *noise = &engine->noise;
    RvlTime passed = engine->now.time - noise->said;

    if (noise->said != 0 && passed < NOISE_INTERVAL) {
        noise->unsaid++;
        return false;
    }
    if (noise->unsaid > 0)
        rvl_event_emit(EVENTS(engine), NULL, RVL_EVENT_MESSAGES_DROPPED,
                       RVL_INTEGER("count", noise->unsaid),
                       RVL_INTEGER("seconds", passed / RVL_SECOND));
    noise->unsaid = 0;
    noise->said = engine->now.time;
    return true;
}

void
rvl_report_dropped(RvlIkeSa *ike, const RvlPath *path, RvlCause cause, const GError *error)
{
    g_auto(Scope) scope = {0};

    if (!may_say(ike->engine))
        return;
    scope_init(&scope, ike, NULL);
    rvl_endpoint_format(&path->remote, scope.peer);
    rvl_event_emit_error(EVENTS(ike->engine), &scope.scope, RVL_EVENT_MESSAGE_DROPPED, cause,
                         error);
}

static void
emit_of_stranger(RvlEngine *engine,
                 const RvlPath *path,
                 RvlEventId id,
                 RvlCause cause,
                 const GError *error)
{
    char text[RVL_ADDRESS_TEXT];
    RvlEventScope scope = {
        .size = sizeof scope,
        .peer = rvl_endpoint_format(&path->remote, text),
    };

    if (may_say(engine))
        rvl_event_emit_error(EVENTS(engine), &scope, id, cause, error);
}

void
rvl_report_stranger_dropped(RvlEngine *engine,
                            const RvlPath *path,
                            RvlCause cause,
                            const GError *error)
{
    emit_of_stranger(engine, path, RVL_EVENT_MESSAGE_DROPPED, cause, error);
}

void
rvl_report_stranger_refused(RvlEngine *engine,
                            const RvlPath *path,
                            RvlCause cause,
                            const GError *error)
{
    emit_of_stranger(engine, path, RVL_EVENT_REFUSED, cause, error);
}

void
rvl_report_cookies(RvlEngine *engine, bool are_on)
{
    rvl_event_emit(EVENTS(engine), NULL, are_on ? RVL_EVENT_COOKIES_ON : RVL_EVENT_COOKIES_OFF,
                   RVL_INTEGER("half-open", engine->half_open.total));
}

void
rvl_report_peer_refused(RvlIkeSa *ike,
                        const RvlExchange *x,
                        uint16_t notify,
                        const char *offered,
                        RvlCause cause)
{
    g_auto(Scope) scope = {0};
    const char *name = rvl_notify_name(notify);

    scope_init(&scope, ike, exchange_name(x->kind->type));
    rvl_event_emit_error(EVENTS(ike->engine), &scope.scope, RVL_EVENT_PEER_REFUSED, cause, NULL,
                         RVL_TEXT("notify", name != NULL ? name : "an unknown error"),
                         RVL_TEXT("offered", offered));
}

void
rvl_report_exchange_failed(RvlIkeSa *ike,
                           const RvlExchange *x,
                           const GError *why,
                           const RvlVerdict *verdict)
{
    g_auto(Scope) scope = {0};

    (void)verdict;
    if (why == NULL || x->phase != RVL_PHASE_ANSWERING)
        return; /* ours: who waited for it says so */
    scope_init(&scope, ike, exchange_name(x->kind->type));
    rvl_event_emit_error(EVENTS(ike->engine), &scope.scope, RVL_EVENT_REFUSED, rvl_error_cause(why),
                         why);
}

void
rvl_report_collision(RvlIkeSa *ike, const char *exchange, const char *outcome)
{
    g_auto(Scope) scope = {0};

    scope_init(&scope, ike, exchange);
    rvl_event_emit(EVENTS(ike->engine), &scope.scope, RVL_EVENT_COLLISION,
                   RVL_TEXT("outcome", outcome));
}

/* IKE SAs */

static void
emit_plain(RvlIkeSa *ike, RvlEventId id, RvlCause cause, const GError *error)
{
    g_auto(Scope) scope = {0};

    scope_init(&scope, ike, NULL);
    rvl_event_emit_error(EVENTS(ike->engine), &scope.scope, id, cause, error);
}

void
rvl_report_connecting(RvlIkeSa *ike)
{
    emit_plain(ike, RVL_EVENT_CONNECTING, RVL_CAUSE_NONE, NULL);
}

void
rvl_report_granted(RvlIkeSa *ike)
{
    g_auto(Scope) scope = {0};

    scope_init(&scope, ike, NULL);
    rvl_event_emit(EVENTS(ike->engine), &scope.scope, RVL_EVENT_GRANTED,
                   RVL_TEXT("method", ike->peer.remote_auth));
}

static char *
ike_proposal_text(const RvlIkeSa *ike)
{
    return rvl_choice_format(&ike->keys.choice, ike->engine->services.registry);
}

void
rvl_report_ike_up(RvlIkeSa *ike)
{
    g_auto(Scope) scope = {0};
    g_autofree char *proposal = ike_proposal_text(ike);

    scope_init(&scope, ike, NULL);
    rvl_event_emit(EVENTS(ike->engine), &scope.scope, RVL_EVENT_IKE_SA_UP,
                   RVL_TEXT("role", ike->is_initiator ? "initiator" : "responder"),
                   RVL_TEXT("proposal", proposal), RVL_TEXT("local-auth", ike->peer.local_auth),
                   RVL_TEXT("remote-auth", ike->peer.remote_auth));
}

void
rvl_report_ike_rekeyed(RvlIkeSa *ike, bool by_us)
{
    g_auto(Scope) scope = {0};
    g_autofree char *proposal = ike_proposal_text(ike);

    scope_init(&scope, ike, NULL);
    rvl_event_emit(EVENTS(ike->engine), &scope.scope, RVL_EVENT_IKE_SA_REKEYED,
                   RVL_TEXT("by", by_us ? "us" : "the peer"), RVL_TEXT("proposal", proposal));
}

void
rvl_report_ike_down(RvlIkeSa *ike, RvlCause cause, const GError *error)
{
    emit_plain(ike, RVL_EVENT_IKE_SA_DOWN, cause, error);
}

void
rvl_report_set_up_failed(RvlIkeSa *ike, RvlCause cause, const GError *error)
{
    emit_plain(ike, RVL_EVENT_SET_UP_FAILED, cause, error);
}

void
rvl_report_nat(RvlIkeSa *ike)
{
    g_auto(Scope) scope = {0};
    const char *side = ike->path.has_nat_here && ike->path.has_nat_there ? "both ends"
                       : ike->path.has_nat_here                          ? "this end"
                                                                         : "the peer";

    scope_init(&scope, ike, NULL);
    rvl_event_emit(EVENTS(ike->engine), &scope.scope, RVL_EVENT_NAT_FOUND, RVL_TEXT("side", side));
}

void
rvl_report_path_changed(RvlIkeSa *ike, const RvlPath *to)
{
    g_auto(Scope) scope = {0};
    char text[RVL_ADDRESS_TEXT];

    scope_init(&scope, ike, NULL);
    rvl_event_emit(EVENTS(ike->engine), &scope.scope, RVL_EVENT_PATH_CHANGED,
                   RVL_TEXT("from", scope.peer),
                   RVL_TEXT("to", rvl_endpoint_format(&to->remote, text)));
}

/* Child SAs */

static char *
child_proposal_text(const RvlEngine *engine, const RvlChildSa *child)
{
    return rvl_choice_format(&child->choice, engine->services.registry);
}

static void
emit_child(RvlIkeSa *ike, const RvlChildSa *child, RvlEventId id, const char *by)
{
    g_auto(Scope) scope = {0};
    g_autofree char *local = rvl_selectors_format(child->local);
    g_autofree char *remote = rvl_selectors_format(child->remote);
    g_autofree char *proposal = child_proposal_text(ike->engine, child);

    scope_init(&scope, ike, NULL);
    scope.scope.child = child->policy->name;
    rvl_event_emit(EVENTS(ike->engine), &scope.scope, id, RVL_TEXT("by", by),
                   RVL_TEXT("local", local), RVL_TEXT("remote", remote),
                   RVL_TEXT("proposal", proposal), RVL_SPI("spi-in", child->spi_in),
                   RVL_SPI("spi-out", child->spi_out));
}

void
rvl_report_child_up(RvlIkeSa *ike, const RvlChildSa *child)
{
    emit_child(ike, child, RVL_EVENT_CHILD_SA_UP, NULL);
}

void
rvl_report_child_rekeyed(RvlIkeSa *ike, const RvlChildSa *child, bool by_us)
{
    emit_child(ike, child, RVL_EVENT_CHILD_SA_REKEYED, by_us ? "us" : "the peer");
}

void
rvl_report_child_refused(RvlIkeSa *ike, const char *child, RvlCause cause, const GError *error)
{
    g_auto(Scope) scope = {0};

    scope_init(&scope, ike, NULL);
    scope.scope.child = child;
    rvl_event_emit_error(EVENTS(ike->engine), &scope.scope, RVL_EVENT_CHILD_REFUSED, cause, error);
}

void
rvl_report_child_limit(const RvlChildSa *child, bool is_hard, RvlCause cause)
{
    g_auto(Scope) scope = {0};

    scope_init(&scope, child->ike, NULL);
    scope.scope.child = child->policy->name;
    rvl_event_emit_error(EVENTS(child->ike->engine), &scope.scope, RVL_EVENT_CHILD_SA_LIMIT, cause,
                         NULL, RVL_TEXT("limit", is_hard ? "hard" : "soft"),
                         RVL_SPI("spi-in", child->spi_in), RVL_SPI("spi-out", child->spi_out));
}

void
rvl_report_child_down(RvlIkeSa *ike, RvlChildSa *child, RvlCause cause, const GError *error)
{
    char peer[RVL_ADDRESS_TEXT];

    child->cause = cause;
    child->farewell_spi = ike->spi_local;
    child->farewell_peer = g_strdup(rvl_endpoint_format(&ike->path.current.remote, peer));
    if (error != NULL)
        child->error = g_error_copy(error);
}

void
rvl_report_child_counters(RvlEngine *engine, const RvlChildSa *child, const RvlJobResult *result)
{
    RvlEventScope scope = {
        .size = sizeof scope,
        .connection = child->connection->name,
        .child = child->policy->name,
        .ike_spi = child->farewell_spi,
        .peer = child->farewell_peer,
    };
    const GArray *counters = result->end == RVL_JOB_DONE ? result->answer.counters.counters : NULL;
    uint64_t in = 0;
    uint64_t out = 0;

    for (guint i = 0; counters != NULL && i < counters->len; i++) {
        const RvlSaCounters *row = &g_array_index(counters, RvlSaCounters, i);

        if (row->id == child->id_in)
            in = row->octets;
        else if (row->id == child->id_out)
            out = row->octets;
    }
    rvl_event_emit_error(EVENTS(engine), &scope, RVL_EVENT_CHILD_SA_DOWN, child->cause,
                         child->error, RVL_INTEGER("octets-in", in), RVL_INTEGER("octets-out", out),
                         RVL_SPI("spi-in", child->spi_in), RVL_SPI("spi-out", child->spi_out));
}

void
rvl_report_narrowed(RvlIkeSa *ike,
                    const RvlChildSa *child,
                    const RvlSelectors *wanted,
                    const RvlSelectors *agreed)
{
    g_auto(Scope) scope = {0};
    g_autofree char *wanted_text = rvl_selectors_format(wanted);
    g_autofree char *agreed_text = rvl_selectors_format(agreed);

    if (rvl_selectors_equal(wanted, agreed))
        return;
    scope_init(&scope, ike, NULL);
    scope.scope.child = child->policy->name;
    rvl_event_emit(EVENTS(ike->engine), &scope.scope, RVL_EVENT_SELECTOR_NARROWED,
                   RVL_TEXT("wanted", wanted_text), RVL_TEXT("agreed", agreed_text));
}

void
rvl_report_install_failed(RvlEngine *engine,
                          RvlIkeSa *ike,
                          const char *operation,
                          const GError *error)
{
    g_auto(Scope) scope = {0};

    if (ike != NULL)
        scope_init(&scope, ike, NULL);
    rvl_event_emit_error(EVENTS(engine), ike != NULL ? &scope.scope : NULL,
                         RVL_EVENT_INSTALL_FAILED, rvl_error_cause(error), error,
                         RVL_TEXT("operation", operation));
}

void
rvl_report_rules_set(RvlEngine *engine, const GArray *rules)
{
    int64_t n_bypass = 0;

    for (guint i = 0; i < rules->len; i++)
        n_bypass += g_array_index(rules, RvlRule, i).action == RVL_ACTION_BYPASS;
    rvl_event_emit(EVENTS(engine), NULL, RVL_EVENT_RULES_SET, RVL_INTEGER("bypass", n_bypass),
                   RVL_INTEGER("discard", (int64_t)rules->len - n_bypass));
}

/* Connections */

void
rvl_report_undeployed(RvlEngine *engine,
                      const char *connection,
                      const char *operation,
                      const GError *error)
{
    RvlEventScope scope = {.size = sizeof scope, .connection = connection};

    rvl_event_emit_error(EVENTS(engine), &scope, RVL_EVENT_INSTALL_FAILED, rvl_error_cause(error),
                         error, RVL_TEXT("operation", operation));
}

void
rvl_report_acquire(RvlEngine *engine,
                   const char *connection,
                   const char *child,
                   const RvlFlow *flow)
{
    RvlEventScope scope = {.size = sizeof scope, .connection = connection, .child = child};
    char from[RVL_ADDRESS_TEXT];
    char to[RVL_ADDRESS_TEXT];
    g_autofree char *text = g_strdup_printf("%s -> %s", rvl_address_format(&flow->source, from),
                                            rvl_address_format(&flow->destination, to));

    rvl_event_emit(EVENTS(engine), &scope, RVL_EVENT_ACQUIRE, RVL_TEXT("flow", text));
}

void
rvl_report_retry(RvlEngine *engine, const char *connection, RvlTime delay, unsigned try)
{
    RvlEventScope scope = {.size = sizeof scope, .connection = connection};

    rvl_event_emit(EVENTS(engine), &scope, RVL_EVENT_RETRY_LATER,
                   RVL_INTEGER("delay-s", delay / RVL_SECOND), RVL_INTEGER("try", try));
}

void
rvl_report_resolved(RvlEngine *engine,
                    const char *connection,
                    const char *name,
                    const GArray *reaches)
{
    RvlEventScope scope = {.size = sizeof scope, .connection = connection};
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < reaches->len; i++) {
        char address[RVL_ADDRESS_TEXT];

        g_string_append_printf(
            text, "%s%s", i > 0 ? ", " : "",
            rvl_address_format(&g_array_index(reaches, RvlReach, i).remote.address, address));
    }
    rvl_event_emit(EVENTS(engine), &scope, RVL_EVENT_RESOLVED, RVL_TEXT("name", name),
                   RVL_TEXT("addresses", text->str));
}

void
rvl_report_unreached(RvlEngine *engine,
                     const char *connection,
                     const char *name,
                     const GError *error)
{
    RvlEventScope scope = {.size = sizeof scope, .connection = connection, .peer = name};

    rvl_event_emit_error(EVENTS(engine), &scope, RVL_EVENT_SET_UP_FAILED, rvl_error_cause(error),
                         error);
}

static void
report_weak(RvlEngine *engine,
            const RvlConnection *connection,
            const RvlChildPolicy *child,
            const RvlProposals *proposals)
{
    RvlEventScope scope = {
        .size = sizeof(scope),
        .connection = connection->name,
        .child = child != NULL ? child->name : NULL,
    };

    if (proposals->weak != NULL)
        rvl_event_emit(EVENTS(engine), &scope, RVL_EVENT_WEAK_NAMED,
                       RVL_TEXT("what", proposals->weak));
}

void
rvl_report_weak(RvlEngine *engine, const RvlConnection *connection)
{
    report_weak(engine, connection, NULL, connection->ike_proposals);
    for (size_t i = 0; i < connection->n_children; i++)
        report_weak(engine, connection, &connection->children[i],
                    connection->children[i].proposals);
}
