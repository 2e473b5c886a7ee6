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

#include "nft-message.h"

#define CHAIN_GUARD "guard"
#define CHAIN_RECORDS "records"

/* Before connection tracking and everything that accepts: what is dropped here was never seen. */
#define GUARD_PRIORITY (-310)

/* A rule's user data is a list of type, length, octets; nft shows type 0 as the rule's comment. */
enum { DATA_COMMENT = 0, DATA_RECORD = 0x52, DATA_MAX = 255 };

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
        if (type == DATA_COMMENT && length > 0 && entry->owner == NULL)
            entry->owner = g_strndup((const char *)octets + at, length);
        if (type == DATA_RECORD)
            entry->is_record = record_unpack(octets + at, length, &entry->record);
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
    rvl_error_set(error, result == EPERM ? RVL_CAUSE_PERMISSION_MISSING : RVL_CAUSE_INSTALL_FAILED,
                  "nftables: list of rules: %s", g_strerror(result));
    if (result == EPERM)
        rvl_error_set_remedy(error, NETLINK_REMEDY);
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

static void
put_chain(const Guard *guard, NftBatch *batch, const char *name, bool is_hooked)
{
    struct nlmsghdr *message = nft_batch_begin(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);

    mnl_attr_put_strz(message, NFTA_CHAIN_TABLE, guard->table);
    mnl_attr_put_strz(message, NFTA_CHAIN_NAME, name);
    if (is_hooked) {
        struct nlattr *hook = mnl_attr_nest_start(message, NFTA_CHAIN_HOOK);

        mnl_attr_put_u32(message, NFTA_HOOK_HOOKNUM, htonl(NF_INET_PRE_ROUTING));
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
    mnl_attr_put_strz(message, NFTA_RULE_CHAIN, entry->is_record ? CHAIN_RECORDS : CHAIN_GUARD);
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

static void
put_user_data(struct nlmsghdr *message, const char *owner, const Record *record)
{
    uint8_t octets[NFT_USERDATA_MAXLEN], packed[RECORD_OCTETS];
    size_t room = sizeof octets - 2 - 2 - sizeof packed - 1;
    size_t n = MIN(strlen(owner), room), at = 0;

    octets[at++] = DATA_COMMENT;
    octets[at++] = (uint8_t)(n + 1);
    memcpy(octets + at, owner, n);
    at += n;
    octets[at++] = 0;
    if (record != NULL) {
        size_t length = record_pack(record, packed);

        octets[at++] = DATA_RECORD;
        octets[at++] = (uint8_t)length;
        memcpy(octets + at, packed, length);
        at += length;
    }
    mnl_attr_put(message, NFTA_RULE_USERDATA, at, octets);
}

static struct nlmsghdr *
begin_rule(const Guard *guard, NftBatch *batch, const char *chain)
{
    struct nlmsghdr *message = nft_batch_begin(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);

    mnl_attr_put_strz(message, NFTA_RULE_TABLE, guard->table);
    mnl_attr_put_strz(message, NFTA_RULE_CHAIN, chain);
    return message;
}

static void
put_pair(const Guard *guard, NftBatch *batch, const char *owner, const GuardPair *pair)
{
    struct nlmsghdr *message = begin_rule(guard, batch, CHAIN_GUARD);
    struct nlattr *expressions = mnl_attr_nest_start(message, NFTA_RULE_EXPRESSIONS);

    if (pair->interface != NULL)
        nft_compare_interface(message, pair->interface);
    nft_compare_interface(message, "lo");
    nft_compare_family(message, pair->source.address.family);
    nft_compare_prefix(message, &pair->source, true);
    nft_compare_prefix(message, &pair->destination, false);
    nft_count(message);
    nft_drop(message);
    mnl_attr_nest_end(message, expressions);
    put_user_data(message, owner, NULL);
    nft_batch_add(batch, message);
}

/* The expressions are for readers of `nft list ruleset`; the record is in the user data. */
static void
put_record(const Guard *guard, NftBatch *batch, const char *owner, const Record *record)
{
    struct nlmsghdr *message = begin_rule(guard, batch, CHAIN_RECORDS);
    struct nlattr *expressions = mnl_attr_nest_start(message, NFTA_RULE_EXPRESSIONS);

    nft_compare_family(message, record->prefix.address.family);
    nft_compare_prefix(message, &record->prefix, false);
    mnl_attr_nest_end(message, expressions);
    put_user_data(message, owner, record);
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

    if (result == 0)
        return true;
    rvl_error_set(error,
                  result == EPERM        ? RVL_CAUSE_PERMISSION_MISSING
                  : result == EOPNOTSUPP ? RVL_CAUSE_KERNEL_UNSUPPORTED
                                         : RVL_CAUSE_INSTALL_FAILED,
                  "nftables: table inet %s: %s", guard->table, g_strerror(result));
    if (result == EPERM)
        rvl_error_set_remedy(error, NETLINK_REMEDY);
    return false;
}

bool
guard_replace(Guard *guard,
              const char *owner,
              const GArray *entries,
              const GuardPair *pairs,
              size_t n_pairs,
              const Record *records,
              size_t n_records,
              GError **error)
{
    g_autoptr(NftBatch) batch = nft_batch_new();
    unsigned others;

    if (n_pairs + n_records > 0) {
        put_table(guard, batch);
        put_chain(guard, batch, CHAIN_GUARD, true);
        put_chain(guard, batch, CHAIN_RECORDS, false);
    }
    others = delete_rules_of(guard, batch, owner, entries);
    for (size_t i = 0; i < n_pairs; i++)
        put_pair(guard, batch, owner, &pairs[i]);
    for (size_t i = 0; i < n_records; i++)
        put_record(guard, batch, owner, &records[i]);
    if (n_pairs + n_records == 0) {
        if (entries->len == 0)
            return true;
        if (others == 0)
            delete_table(guard, batch);
    }
    return send_batch(guard, batch, error);
}
