/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of what the engine has: connections, policies, IKE SAs, Child SAs. */
#include "config.h"

#include "control/list-sas.h"

#include <ravelin/sized.h>

#include "control/rows.h"

typedef struct {
    GVariantBuilder *rows;
    const RvlRegistry *registry;
    GHashTable *counters; /* RvlSaId -> const RvlSaCounters */
    RvlTime now;
} Listing;

static void
add_row(Listing *listing, GVariantBuilder *row)
{
    g_variant_builder_add_value(listing->rows, g_variant_builder_end(row));
}

static const char *
connection_state(RvlConnectionState state)
{
    switch (state) {
    case RVL_CONNECTION_DOWN:
        return "down";
    case RVL_CONNECTION_CONNECTING:
        return "connecting";
    case RVL_CONNECTION_WAITING:
        return "waiting";
    case RVL_CONNECTION_UP:
        return "up";
    }
    return "unknown";
}

static bool
list_connection(const RvlConnectionStatus *status, void *user_data)
{
    Listing *listing = user_data;
    g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    rvl_row_text(&row, "name", status->name);
    rvl_row_text(&row, "state", connection_state(status->state));
    rvl_row_age(&row, "since_s", status->since, listing->now);
    rvl_row_until(&row, "next_try_s", status->next_try, listing->now);
    rvl_row_number(&row, "tries", status->tries);
    rvl_row_number(&row, "ike_sas", status->ike_sas);
    rvl_row_text(&row, "peer", status->peer);
    rvl_row_text(&row, "interface", status->interface);
    if (status->last_cause != RVL_CAUSE_NONE)
        rvl_row_text(&row, "cause", rvl_cause_info((RvlCause)status->last_cause)->word);
    rvl_row_text(&row, "error", status->last_error);
    add_row(listing, &row);
    return true;
}

GVariant *
rvl_list_connections(const RvlEngine *engine, RvlTime now)
{
    GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    Listing listing = {.rows = &rows, .now = now};

    rvl_engine_visit_connections(engine, list_connection, &listing);
    return g_variant_builder_end(&rows);
}

static const char *
action_word(uint8_t action)
{
    switch ((RvlAction)action) {
    case RVL_ACTION_PROTECT:
        return "protect";
    case RVL_ACTION_BYPASS:
        return "bypass";
    case RVL_ACTION_DISCARD:
        return "discard";
    }
    return "unknown";
}

static bool
list_policy(const RvlPolicyStatus *status, void *user_data)
{
    Listing *listing = user_data;
    g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    rvl_row_text(&row, "name", status->name);
    rvl_row_text(&row, "connection", status->connection);
    rvl_row_text(&row, "action", action_word(status->action));
    rvl_row_text(&row, "state", status->state);
    rvl_row_take_text(&row, "local", rvl_selectors_format(status->local));
    rvl_row_take_text(&row, "remote", rvl_selectors_format(status->remote));
    rvl_row_text(&row, "error", status->error);
    add_row(listing, &row);
    return true;
}

GVariant *
rvl_list_policies(const RvlEngine *engine)
{
    GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    Listing listing = {.rows = &rows};

    rvl_engine_visit_policies(engine, list_policy, &listing);
    return g_variant_builder_end(&rows);
}

static void
add_path(GVariantBuilder *row, const RvlPath *path)
{
    char text[RVL_ADDRESS_TEXT];

    if (path == NULL)
        return;
    rvl_row_text(row, "local_address", rvl_endpoint_format(&path->local, text));
    rvl_row_text(row, "peer", rvl_endpoint_format(&path->remote, text));
    rvl_row_text(row, "transport", rvl_transport_word(path->transport));
}

static void
add_identity(GVariantBuilder *row, const char *key, const RvlIdentity *identity)
{
    if (identity != NULL)
        rvl_row_take_text(row, key, rvl_identity_format(identity));
}

static bool
list_ike_sa(const RvlIkeStatus *status, void *user_data)
{
    Listing *listing = user_data;
    g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    rvl_row_text(&row, "connection", status->connection);
    rvl_row_text(&row, "state", status->state);
    rvl_row_text(&row, "role", status->is_initiator ? "initiator" : "responder");
    rvl_row_spi(&row, "local_spi", status->local_spi);
    rvl_row_spi(&row, "remote_spi", status->remote_spi);
    add_path(&row, status->path);
    add_identity(&row, "local_id", status->local);
    add_identity(&row, "remote_id", status->remote);
    rvl_row_proposal(&row, "proposal", listing->registry, status->proposal, status->n_proposal);
    rvl_row_text(&row, "local_auth", status->local_auth);
    rvl_row_text(&row, "remote_auth", status->remote_auth);
    if (status->is_established)
        rvl_row_age(&row, "established_s", status->established, listing->now);
    rvl_row_until(&row, "rekey_s", status->rekey_at, listing->now);
    rvl_row_until(&row, "expires_s", status->expires_at, listing->now);
    rvl_row_age(&row, "last_inbound_s", status->last_inbound, listing->now);
    add_row(listing, &row);
    return true;
}

GVariant *
rvl_list_ike_sas(const RvlEngine *engine, const RvlRegistry *registry, RvlTime now)
{
    GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    Listing listing = {.rows = &rows, .registry = registry, .now = now};

    rvl_engine_visit_ike_sas(engine, list_ike_sa, &listing);
    return g_variant_builder_end(&rows);
}

static void
add_counters(const Listing *listing, GVariantBuilder *row, RvlSaId sa, bool is_inbound)
{
    const RvlSaCounters *counters = g_hash_table_lookup(listing->counters, &sa);

    if (counters == NULL)
        return;
    rvl_row_number(row, is_inbound ? "octets_in" : "octets_out", (int64_t)counters->octets);
    rvl_row_number(row, is_inbound ? "packets_in" : "packets_out", (int64_t)counters->packets);
    if (!is_inbound)
        return;
    rvl_row_number(row, "drops_in", (int64_t)counters->drops);
    rvl_row_age(row, "last_inbound_s", counters->last_inbound, listing->now);
}

static bool
list_child_sa(const RvlChildStatus *status, void *user_data)
{
    Listing *listing = user_data;
    g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    rvl_row_text(&row, "connection", status->connection);
    rvl_row_text(&row, "child", status->child);
    rvl_row_text(&row, "state", status->state);
    rvl_row_spi(&row, "ike_spi", status->ike_spi);
    rvl_row_spi(&row, "spi_in", status->spi_in);
    rvl_row_spi(&row, "spi_out", status->spi_out);
    rvl_row_text(&row, "protocol", status->protocol == RVL_PROTOCOL_AH ? "ah" : "esp");
    rvl_row_text(&row, "mode", status->mode == RVL_MODE_TRANSPORT ? "transport" : "tunnel");
    rvl_row_take_text(&row, "local", rvl_selectors_format(status->local));
    rvl_row_take_text(&row, "remote", rvl_selectors_format(status->remote));
    rvl_row_proposal(&row, "proposal", listing->registry, status->proposal, status->n_proposal);
    rvl_row_age(&row, "installed_s", status->installed, listing->now);
    rvl_row_until(&row, "rekey_s", status->rekey_at, listing->now);
    rvl_row_until(&row, "expires_s", status->expires_at, listing->now);
    add_path(&row, status->path);
    add_counters(listing, &row, status->sa_in, true);
    add_counters(listing, &row, status->sa_out, false);
    add_row(listing, &row);
    return true;
}

GVariant *
rvl_list_child_sas(const RvlEngine *engine,
                   const RvlRegistry *registry,
                   const RvlSaCounters *counters,
                   size_t n,
                   size_t stride,
                   RvlTime now)
{
    GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    Listing listing = {.rows = &rows, .registry = registry, .counters = by_id, .now = now};
    g_autofree RvlSaCounters *known = g_new0(RvlSaCounters, MAX(n, 1));

    for (size_t i = 0; i < n; i++) {
        rvl_sized_copy(&known[i], sizeof(known[i]), RVL_STRIDE(counters, stride, i), stride);
        (void)g_hash_table_insert(by_id, &known[i].id, &known[i]);
    }
    rvl_engine_visit_child_sas(engine, list_child_sa, &listing);
    return g_variant_builder_end(&rows);
}
