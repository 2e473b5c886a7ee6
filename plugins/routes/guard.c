/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guard's table: made, listed, and changed in transactions. */
#include "config.h"

#include "guard.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <ravelin/error.h>

#include "guard-rules.h"

/* Before connection tracking and everything that accepts: what is dropped here was never seen. */
#define GUARD_PRIORITY (-310)

struct Guard {
    Netlink *netlink;
    char *table;
};

Guard *
guard_new(const char *instance, GError **error)
{
    Guard *guard = g_new0(Guard, 1);

    guard->netlink = netlink_new(NETLINK_NETFILTER, 0, error);
    if (guard->netlink == NULL) {
        guard_free(guard);
        return NULL;
    }
    guard->table = g_str_equal(instance, "ravelin") ? g_strdup("ravelin")
                                                    : g_strdup_printf("ravelin-%s", instance);
    g_strcanon(guard->table, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-",
               '_');
    return guard;
}

void
guard_free(Guard *guard)
{
    if (guard == NULL)
        return;
    netlink_free(guard->netlink);
    g_free(guard->table);
    g_free(guard);
}

static void
clear_entry(void *data)
{
    GuardEntry *entry = data;

    g_free(entry->owner);
}

/* ---- listing ---- */

static void
read_user_data(GuardEntry *entry, const uint8_t *octets, size_t n)
{
    for (size_t at = 0; n - at >= 2;) {
        uint8_t type = octets[at], length = octets[at + 1];

        at += 2;
        if (length > n - at)
            return;
        if (type == GUARD_DATA_COMMENT && length > 0 && entry->owner == NULL)
            entry->owner = g_strndup((const char *)octets + at, length);
        if (type == GUARD_DATA_RECORD)
            entry->is_record = record_unpack(octets + at, length, &entry->record);
        if (type == GUARD_DATA_BYPASS)
            entry->is_bypass = true;
        at += length;
    }
}

static int
take_rule(const struct nlmsghdr *message, void *user_data)
{
    GArray *entries = user_data;
    const struct nlattr *attribute;
    GuardEntry entry = {0};

    mnl_attr_for_each(attribute, message, sizeof(struct nfgenmsg))
    {
        switch (mnl_attr_get_type(attribute)) {
        case NFTA_RULE_HANDLE:
            entry.handle = be64toh(mnl_attr_get_u64(attribute));
            break;
        case NFTA_RULE_CHAIN:
            g_strlcpy(entry.chain, mnl_attr_get_str(attribute), sizeof entry.chain);
            break;
        case NFTA_RULE_USERDATA:
            read_user_data(&entry, mnl_attr_get_payload(attribute),
                           mnl_attr_get_payload_len(attribute));
            break;
        }
    }
    if (entry.owner != NULL)
        g_array_append_val(entries, entry);
    return MNL_CB_OK;
}

GArray *
guard_list(Guard *guard, GError **error)
{
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
    struct nlmsghdr *request = nft_request(buffer, NFT_MSG_GETRULE, NLM_F_DUMP);
    g_autoptr(GArray) entries = g_array_new(FALSE, TRUE, sizeof(GuardEntry));
    int result;

    g_array_set_clear_func(entries, clear_entry);
    mnl_attr_put_strz(request, NFTA_RULE_TABLE, guard->table);
    result = netlink_dump(guard->netlink, request, take_rule, entries);
    if (result == 0 || result == ENOENT)
        return g_steal_pointer(&entries);
    netlink_fail(result, RVL_CAUSE_INSTALL_FAILED, error, "nftables: list of rules");
    return NULL;
}

/* ---- changing ---- */

static void
put_table(const Guard *guard, NftBatch *batch)
{
    struct nlmsghdr *message = nft_batch_begin(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE);

    mnl_attr_put_strz(message, NFTA_TABLE_NAME, guard->table);
    nft_batch_add(batch, message);
}

/* Chains, and where packets meet them; the records' meets none. */
static const struct {
    const char *name;
    int hook; /* -1: none */
} chains[] = {
    {GUARD_CHAIN, NF_INET_PRE_ROUTING},
    {GUARD_CHAIN_IN, NF_INET_LOCAL_IN},
    {GUARD_CHAIN_THROUGH, NF_INET_FORWARD},
    {GUARD_CHAIN_OUT, NF_INET_LOCAL_OUT},
    {GUARD_CHAIN_RECORDS, -1},
};

static void
put_chain(const Guard *guard, NftBatch *batch, const char *name, int number)
{
    struct nlmsghdr *message = nft_batch_begin(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);

    mnl_attr_put_strz(message, NFTA_CHAIN_TABLE, guard->table);
    mnl_attr_put_strz(message, NFTA_CHAIN_NAME, name);
    if (number >= 0) {
        struct nlattr *hook = mnl_attr_nest_start(message, NFTA_CHAIN_HOOK);

        mnl_attr_put_u32(message, NFTA_HOOK_HOOKNUM, htonl((uint32_t)number));
        mnl_attr_put_u32(message, NFTA_HOOK_PRIORITY, htonl((uint32_t)GUARD_PRIORITY));
        mnl_attr_nest_end(message, hook);
        mnl_attr_put_strz(message, NFTA_CHAIN_TYPE, "filter");
    }
    nft_batch_add(batch, message);
}

static void
delete_rule(const Guard *guard, NftBatch *batch, const GuardEntry *entry)
{
    struct nlmsghdr *message = nft_batch_begin(batch, NFT_MSG_DELRULE, 0);

    mnl_attr_put_strz(message, NFTA_RULE_TABLE, guard->table);
    mnl_attr_put_strz(message, NFTA_RULE_CHAIN, entry->chain);
    mnl_attr_put_u64(message, NFTA_RULE_HANDLE, htobe64(entry->handle));
    nft_batch_add(batch, message);
}

static void
delete_table(const Guard *guard, NftBatch *batch)
{
    struct nlmsghdr *message = nft_batch_begin(batch, NFT_MSG_DELTABLE, 0);

    mnl_attr_put_strz(message, NFTA_TABLE_NAME, guard->table);
    nft_batch_add(batch, message);
}

/* Deletes what is @owner's; returns how many rules of others stay. */
static unsigned
delete_rules_of(const Guard *guard, NftBatch *batch, const char *owner, const GArray *entries)
{
    unsigned others = 0;

    for (guint i = 0; i < entries->len; i++) {
        const GuardEntry *entry = &g_array_index(entries, GuardEntry, i);

        if (g_str_equal(entry->owner, owner))
            delete_rule(guard, batch, entry);
        else
            others++;
    }
    return others;
}

static bool
send_batch(Guard *guard, NftBatch *batch, GError **error)
{
    int result = nft_batch_send(batch, guard->netlink);

    return result == 0 || netlink_fail(result,
                                       result == EOPNOTSUPP ? RVL_CAUSE_KERNEL_UNSUPPORTED
                                                            : RVL_CAUSE_INSTALL_FAILED,
                                       error, "nftables: table inet %s", guard->table);
}

static void
put_content(const Guard *guard, NftBatch *batch, const char *owner, const GuardContent *content)
{
    GuardPlace place = {.batch = batch, .table = guard->table, .owner = owner};

    for (size_t i = 0; i < content->n_pairs; i++)
        guard_put_pair(&place, &content->pairs[i]);
    for (size_t i = 0; i < content->n_records; i++)
        guard_put_record(&place, &content->records[i]);
    for (size_t i = 0; i < content->n_discards; i++)
        guard_put_discard(&place, &content->discards[i]);
    for (size_t i = 0; i < content->n_bypasses; i++)
        guard_put_bypass(&place, &content->bypasses[i]);
    if (content->has_passage)
        guard_put_passage(&place, content->ports, content->n_ports);
}

bool
guard_replace(Guard *guard,
              const char *owner,
              const GArray *entries,
              const GuardContent *content,
              GError **error)
{
    g_autoptr(NftBatch) batch = nft_batch_new();
    bool is_empty =
        content->n_pairs + content->n_records + content->n_discards + content->n_bypasses == 0 &&
        !content->has_passage;
    unsigned others;

    if (!is_empty) {
        put_table(guard, batch);
        for (size_t i = 0; i < G_N_ELEMENTS(chains); i++)
            put_chain(guard, batch, chains[i].name, chains[i].hook);
    }
    others = delete_rules_of(guard, batch, owner, entries);
    put_content(guard, batch, owner, content);
    if (is_empty) {
        if (entries->len == 0)
            return true;
        if (others == 0)
            delete_table(guard, batch);
    }
    return send_batch(guard, batch, error);
}

bool
guard_has_bypass(const GArray *entries)
{
    for (guint i = 0; i < entries->len; i++)
        if (g_array_index(entries, GuardEntry, i).is_bypass)
            return true;
    return false;
}
