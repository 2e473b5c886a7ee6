/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Installers: answers that come late and once, SPIs, policies, what is refused, and what is undone. */
#include "config.h"

#include <string.h>

#include <ravelin/sized.h>

#include "answer.h"

#define OWNER "ravelin-conformance:test"
#define SPIS 16
#define POLICY_ID 4711
#define SA_ID 4712
#define NO_SUCH_ID 4713

typedef struct {
    Answer answer;
    uint32_t spis[SPIS];
    size_t n;
    uint64_t wanted; /* of list(): how many rows have this id, */
    unsigned listed;
    unsigned strange; /* and how many another owner than the one that was asked for */
    size_t n_counters;
} Result;

static void
spis_done(const uint32_t *spis, size_t n, const GError *error, void *user_data)
{
    Result *result = user_data;

    result->n = MIN(n, SPIS);
    if (result->n > 0)
        memcpy(result->spis, spis, result->n * sizeof(*spis));
    answer_came(&result->answer, error);
}

static void
listed_done(const RvlStanding *standing,
            size_t n,
            size_t stride,
            const GError *error,
            void *user_data)
{
    Result *result = user_data;

    for (size_t i = 0; i < n; i++) {
        RvlStanding row;

        rvl_sized_copy(&row, sizeof(row), RVL_STRIDE(standing, stride, i), stride);
        result->listed += row.id == result->wanted;
        result->strange += row.owner == NULL || strcmp(row.owner, OWNER) != 0 || row.kind == 0;
    }
    answer_came(&result->answer, error);
}

static void
plain_done(const GError *error, void *user_data)
{
    answer_came(user_data, error);
}

static void
counters_done(const RvlSaCounters *counters,
              size_t n,
              size_t stride,
              const GError *error,
              void *user_data)
{
    answer_came(user_data, error);
}

static void
queried_done(const RvlSaCounters *counters,
             size_t n,
             size_t stride,
             const GError *error,
             void *user_data)
{
    Result *result = user_data;

    result->n_counters = n;
    answer_came(&result->answer, error);
}

/* What the installer tells meanwhile isn't this suite's matter. */

static bool
on_acquire(void *context, RvlPolicyId policy, const RvlFlow *flow, uint64_t acquire_id)
{
    return false;
}

static void
on_expired(void *context, RvlSaId sa, bool is_hard, uint32_t cause)
{
}

static void
on_mapping(void *context, RvlSaId sa, const RvlEndpoint *remote)
{
}

static void
on_mtu(void *context, RvlSaId sa, uint32_t mtu)
{
}

static bool
on_datagram(void *context,
            RvlEndpointId endpoint,
            const RvlPath *path,
            const uint8_t *octets,
            size_t n)
{
    return false;
}

static void
on_nothing(void *context)
{
}

static const RvlInstallerHost deaf = {sizeof(deaf), NULL,        on_acquire, on_expired, on_mapping,
                                      on_mtu,       on_datagram, on_nothing, on_nothing};

static void
make_path(RvlPath *path)
{
    *path = (RvlPath){.transport = RVL_TRANSPORT_UDP_ENCAP};
    path->local.address = (RvlAddress){RVL_FAMILY_IPV4, {192, 0, 2, 1}};
    path->local.port = 4500;
    path->remote.address = (RvlAddress){RVL_FAMILY_IPV4, {192, 0, 2, 2}};
    path->remote.port = 4500;
}

static void
check_capabilities(const RvlConformanceRun *run, const RvlInstaller *installer, void *self)
{
    const RvlInstallerCapabilities *can = installer->capabilities(self);

    if (!conformance_point(run, can != NULL, installer->name, "says what it can"))
        return;
    conformance_point(run, can->protocols != 0 && can->modes != 0 && can->families != 0,
                      installer->name, "can carry something");
    conformance_point(run, installer->capabilities(self) == can, installer->name,
                      "says the same each time");
    conformance_point(run, can->encapsulation <= RVL_ENCAPSULATION_REQUIRED, installer->name,
                      "has a known wish about encapsulation");
}

static uint8_t
protocol_of(const RvlInstaller *installer, void *self)
{
    uint32_t protocols = installer->capabilities(self)->protocols;

    return (protocols & 1u << RVL_PROTOCOL_ESP) != 0 ? RVL_PROTOCOL_ESP : RVL_PROTOCOL_AH;
}

static void
check_spis(const RvlConformanceRun *run, const RvlInstaller *installer, void *self)
{
    Result first = {0};
    Result second = {0};
    const uint32_t unknown = 0xfffffff0;
    bool distinct = true;
    bool usable = true;
    uint8_t protocol = protocol_of(installer, self);
    RvlPath path;

    make_path(&path);
    installer->reserve_spis(self, &path, protocol, SPIS, spis_done, &first);
    if (!answer_comes_late(run, &first.answer, installer->name, "reserve_spis()"))
        return;
    installer->reserve_spis(self, &path, protocol, SPIS, spis_done, &second);
    (void)answer_wait(run, &second.answer);
    conformance_point(run, first.n == SPIS && second.n == SPIS, installer->name,
                      "reserves as many SPIs as were asked for");
    for (size_t i = 0; i < first.n; i++) {
        usable = usable && first.spis[i] > 255;
        for (size_t k = 0; k < second.n; k++)
            distinct = distinct && first.spis[i] != second.spis[k];
        for (size_t k = 0; k < i; k++)
            distinct = distinct && first.spis[i] != first.spis[k];
    }
    conformance_point(run, usable, installer->name, "reserves no SPI of 0 to 255 (RFC 4303 2.1)");
    conformance_point(run, distinct, installer->name, "reserves no SPI twice");
    installer->release_spis(self, &path, protocol, first.spis, first.n);
    installer->release_spis(self, &path, protocol, second.spis, second.n);
    installer->release_spis(self, &path, protocol, &unknown, 1);
    answer_clear(&first.answer);
    answer_clear(&second.answer);
}

static bool
apply_one(const RvlConformanceRun *run,
          const RvlInstaller *installer,
          void *self,
          const RvlOperation *operation,
          const char *what,
          Answer *answer)
{
    const RvlSaBatch batch = {sizeof(batch), operation, operation != NULL, sizeof(*operation)};

    installer->apply(self, &batch, counters_done, answer);
    return answer_comes_late(run, answer, installer->name, what);
}

/* How many rows of the owner have @id; all of them are the owner's. */
static unsigned
listed(const RvlConformanceRun *run, const RvlInstaller *installer, void *self, uint64_t id)
{
    Result result = {.wanted = id};

    if (!RVL_HAS_CALL(installer, list))
        return 0;
    installer->list(self, OWNER, listed_done, &result);
    (void)answer_wait(run, &result.answer);
    conformance_point(run, result.strange == 0, installer->name,
                      "lists the owner's alone, and what each is");
    answer_clear(&result.answer);
    return result.listed;
}

static RvlSelectors *
net(uint8_t third)
{
    const RvlRange range = {
        .first = {RVL_FAMILY_IPV4, {10, 255, third, 0}},
        .last = {RVL_FAMILY_IPV4, {10, 255, third, 255}},
    };
    RvlSelector selector;

    rvl_selector_from_range(&range, &selector);

    return rvl_selectors_new(&selector, 1);
}

static void
check_policies(const RvlConformanceRun *run, const RvlInstaller *installer, void *self)
{
    g_autoptr(RvlSelectors) local = net(1);
    g_autoptr(RvlSelectors) remote = net(2);
    const RvlPolicyAdd policy = {
        .size = sizeof(policy),
        .id = POLICY_ID,
        .owner = OWNER,
        .action = RVL_ACTION_DISCARD,
        .local = local,
        .remote = remote,
    };
    const RvlOperation add = {.kind = RVL_OPERATION_POLICY_ADD, .id = POLICY_ID, .policy = &policy};
    const RvlOperation remove = {.kind = RVL_OPERATION_POLICY_REMOVE, .id = POLICY_ID};
    g_auto(Answer) added = {0};
    g_auto(Answer) removed = {0};

    if (!apply_one(run, installer, self, &add, "adding a policy", &added))
        return;
    if (added.cause == RVL_CAUSE_PERMISSION_MISSING)
        return; /* to be run again by root */
    if (!conformance_detail(run, !added.has_error, added.words, installer->name, "adds a policy"))
        return;
    if (RVL_HAS_CALL(installer, list))
        conformance_point(run, listed(run, installer, self, POLICY_ID) == 1, installer->name,
                          "lists a policy that stands");
    if (apply_one(run, installer, self, &remove, "removing a policy", &removed))
        conformance_point(run, !removed.has_error, installer->name, "removes a policy");
    conformance_point(run, listed(run, installer, self, POLICY_ID) == 0, installer->name,
                      "lists no policy that was removed");
}

/* An installer that is older than a field refuses it, and holds nothing of what was refused. */

static void
check_refused_operation(const RvlConformanceRun *run,
                        const RvlInstaller *installer,
                        void *self,
                        const RvlOperation *operation,
                        const char *what)
{
    g_auto(Answer) answer = {0};

    if (!apply_one(run, installer, self, operation, what, &answer))
        return;
    answer_refuses_need(run, &answer, installer->name, what);
    conformance_point(run, listed(run, installer, self, operation->id) == 0, installer->name,
                      "%s with a need that nobody knows: nothing of it stays", what);
}

static void
check_needs_of_batches(const RvlConformanceRun *run, const RvlInstaller *installer, void *self)
{
    g_autoptr(RvlSelectors) local = net(1);
    g_autoptr(RvlSelectors) remote = net(2);
    RvlPath path;
    const RvlSaAdd sa = {
        .size = sizeof(sa),
        .needs = CONFORMANCE_UNKNOWN_NEED,
        .id = SA_ID,
        .owner = OWNER,
        .direction = RVL_DIRECTION_OUT,
        .protocol = protocol_of(installer, self),
        .mode = RVL_MODE_TUNNEL,
        .spi = 0x12345678,
        .path = &path,
        .local = local,
        .remote = remote,
    };
    const RvlPolicyAdd policy = {
        .size = sizeof(policy),
        .needs = CONFORMANCE_UNKNOWN_NEED,
        .id = POLICY_ID,
        .owner = OWNER,
        .action = RVL_ACTION_DISCARD,
        .local = local,
        .remote = remote,
    };
    const RvlOperation sa_add = {.kind = RVL_OPERATION_SA_ADD, .id = SA_ID, .sa_add = &sa};
    const RvlOperation policy_add = {
        .kind = RVL_OPERATION_POLICY_ADD, .id = POLICY_ID, .policy = &policy};

    make_path(&path);
    check_refused_operation(run, installer, self, &sa_add, "adding an SA");
    check_refused_operation(run, installer, self, &policy_add, "adding a policy");
}

static void
interface_done(const char *name, uint32_t index, const GError *error, void *user_data)
{
    answer_came(user_data, error);
}

static void
endpoint_done(bool reads, const GError *error, void *user_data)
{
    answer_came(user_data, error);
}

static void
check_needs_of_offers(const RvlConformanceRun *run, const RvlInstaller *installer, void *self)
{
    const RvlInterfaceRequest interface = {
        .size = sizeof(interface), .needs = CONFORMANCE_UNKNOWN_NEED, .owner = OWNER, .mtu = 1400};
    const RvlEndpointOffer offer = {.size = sizeof(offer),
                                    .needs = CONFORMANCE_UNKNOWN_NEED,
                                    .id = NO_SUCH_ID,
                                    .ip_protocol = 17,
                                    .is_encapsulated = true};
    g_auto(Answer) added = {0};
    g_auto(Answer) offered = {0};

    installer->interface_add(self, &interface, interface_done, &added);
    if (answer_comes_late(run, &added, installer->name, "interface_add()"))
        answer_refuses_need(run, &added, installer->name, "interface_add()");
    installer->endpoint_add(self, &offer, endpoint_done, &offered);
    if (answer_comes_late(run, &offered, installer->name, "endpoint_add()"))
        answer_refuses_need(run, &offered, installer->name, "endpoint_add()");
}

/* What isn't there. */

static void
check_unknown(const RvlConformanceRun *run, const RvlInstaller *installer, void *self)
{
    const RvlOperation remove = {.kind = RVL_OPERATION_SA_REMOVE, .id = NO_SUCH_ID};
    const RvlSaId ids[] = {NO_SUCH_ID};
    g_auto(Answer) removed = {0};
    g_auto(Answer) interface = {0};
    Result queried = {0};

    if (apply_one(run, installer, self, &remove, "removing an unknown SA", &removed))
        conformance_detail(run, !removed.has_error, removed.words, installer->name,
                           "removing an unknown SA is no error");
    installer->interface_remove(self, "ravelin-conformance:nobody", plain_done, &interface);
    if (answer_comes_late(run, &interface, installer->name, "interface_remove()"))
        conformance_point(run, !interface.has_error, installer->name,
                          "removing an unknown owner's interface is no error");
    if (!RVL_HAS_CALL(installer, query))
        return;
    installer->query(self, ids, G_N_ELEMENTS(ids), queried_done, &queried);
    if (answer_comes_late(run, &queried.answer, installer->name, "query()"))
        conformance_point(run, queried.n_counters == 0, installer->name,
                          "counts nothing of an SA that isn't there");
    answer_clear(&queried.answer);
}

/* Rows of a caller that was compiled with a shorter, or a longer, RvlReportRow. */

#define ROWS 32
#define POISON 0xa5

static void
check_report_stride(const RvlConformanceRun *run,
                    const RvlInstaller *installer,
                    void *self,
                    size_t stride)
{
    g_autofree uint8_t *rows = g_malloc(ROWS * (stride + 1));
    size_t n;
    bool is_whole = true;

    memset(rows, POISON, ROWS * (stride + 1));
    n = installer->report(self, (RvlReportRow *)(void *)rows, stride, ROWS);
    for (size_t i = MIN(n, ROWS) * stride; i < ROWS * (stride + 1); i++)
        is_whole = is_whole && rows[i] == POISON;
    conformance_point(run, is_whole, installer->name, "report() stays within rows of %zu octets",
                      stride);
    for (size_t i = 0; i < MIN(n, ROWS); i++) {
        RvlReportRow row;

        rvl_sized_copy(&row, sizeof(row), rows + i * stride, stride);
        is_whole = is_whole && row.name != NULL && row.name[0] != '\0';
    }
    conformance_point(run, is_whole, installer->name, "report() names its rows of %zu octets",
                      stride);
}

static void
check_report(const RvlConformanceRun *run, const RvlInstaller *installer, void *self)
{
    if (!RVL_HAS_CALL(installer, report))
        return;
    check_report_stride(run, installer, self, sizeof(RvlReportRow));
    check_report_stride(run, installer, self, RVL_END_OF(RvlReportRow, drop));
    check_report_stride(run, installer, self, sizeof(RvlReportRow) + 16);
    conformance_point(run,
                      installer->report(self, NULL, sizeof(RvlReportRow), 0) ==
                          installer->report(self, NULL, sizeof(RvlReportRow), 0),
                      installer->name, "report() counts its rows without writing any");
}

void
rvl_conformance_installer(const RvlConformanceRun *run, const RvlInstaller *installer, void *self)
{
    g_auto(Answer) empty = {0};
    Result all = {0};

    installer->attach(self, &deaf);
    check_capabilities(run, installer, self);
    check_spis(run, installer, self);
    if (apply_one(run, installer, self, NULL, "an empty batch", &empty))
        conformance_point(run, !empty.has_error, installer->name, "an empty batch does no harm");
    check_policies(run, installer, self);
    check_needs_of_batches(run, installer, self);
    check_needs_of_offers(run, installer, self);
    check_unknown(run, installer, self);
    check_report(run, installer, self);
    if (!RVL_HAS_CALL(installer, query))
        return;
    installer->query(self, NULL, 0, queried_done, &all);
    (void)answer_comes_late(run, &all.answer, installer->name, "query() of all SAs");
    answer_clear(&all.answer);
}
