/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Installers and routes: answers that come late and once, SPIs, policies, and what is undone. */
#include "config.h"

#include <string.h>

#include "answer.h"

#define OWNER "ravelin-conformance:test"
#define SPIS 16
#define POLICY_ID 4711
#define SA_ID 4712
#define UNKNOWN_NEED (1u << 31)

typedef struct {
    Answer answer;
    uint32_t spis[SPIS];
    size_t n;
    uint64_t ids[64];
    size_t n_ids;
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
ids_done(const uint64_t *ids, size_t n, const GError *error, void *user_data)
{
    Result *result = user_data;

    result->n_ids = MIN(n, G_N_ELEMENTS(result->ids));
    if (result->n_ids > 0)
        memcpy(result->ids, ids, result->n_ids * sizeof(*ids));
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

/* A point: the answer came, once, and after the call had returned. */
static bool
answered(const RvlConformanceRun *run, Answer *answer, const char *subject, const char *what)
{
    if (!conformance_point(run, answer_wait(run, answer), subject, "%s: answers exactly once",
                           what))
        return false;
    return conformance_point(run, answer->is_late, subject, "%s: answers after it returned", what);
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

static void
check_spis(const RvlConformanceRun *run, const RvlInstaller *installer, void *self)
{
    Result first = {0};
    Result second = {0};
    const uint32_t unknown = 0xfffffff0;
    bool distinct = true;
    bool usable = true;
    RvlPath path;

    make_path(&path);
    installer->reserve_spis(self, &path, RVL_PROTOCOL_ESP, SPIS, spis_done, &first);
    if (!answered(run, &first.answer, installer->name, "reserve_spis()"))
        return;
    installer->reserve_spis(self, &path, RVL_PROTOCOL_ESP, SPIS, spis_done, &second);
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
    installer->release_spis(self, first.spis, first.n);
    installer->release_spis(self, second.spis, second.n);
    installer->release_spis(self, &unknown, 1);
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
    return answered(run, answer, installer->name, what);
}

/* How many of the owner's ids are @id. */
static unsigned
listed(const RvlConformanceRun *run, const RvlInstaller *installer, void *self, uint64_t id)
{
    Result result = {0};
    unsigned times = 0;

    if (installer->list == NULL)
        return 0;
    installer->list(self, OWNER, ids_done, &result);
    (void)answer_wait(run, &result.answer);
    for (size_t i = 0; i < result.n_ids; i++)
        times += result.ids[i] == id;
    answer_clear(&result.answer);
    return times;
}

static RvlSelectors *
net(uint8_t third)
{
    const RvlRange range = {
        .first = {RVL_FAMILY_IPV4, {10, 255, third, 0}},
        .last = {RVL_FAMILY_IPV4, {10, 255, third, 255}},
    };
    const RvlSelector selector = rvl_selector_from_range(&range);

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
    if (installer->list != NULL)
        conformance_point(run, listed(run, installer, self, POLICY_ID) == 1, installer->name,
                          "lists a policy that stands");
    if (apply_one(run, installer, self, &remove, "removing a policy", &removed))
        conformance_point(run, !removed.has_error, installer->name, "removes a policy");
    conformance_point(run, listed(run, installer, self, POLICY_ID) == 0, installer->name,
                      "lists no policy that was removed");
}

/* An installer that is older than a field refuses it, and holds nothing of the SA then. */
static void
check_unknown_needs(const RvlConformanceRun *run, const RvlInstaller *installer, void *self)
{
    g_autoptr(RvlSelectors) local = net(1);
    g_autoptr(RvlSelectors) remote = net(2);
    RvlPath path;
    const RvlSaAdd sa = {
        .size = sizeof(sa),
        .needs = UNKNOWN_NEED,
        .id = SA_ID,
        .owner = OWNER,
        .direction = RVL_DIRECTION_OUT,
        .protocol = RVL_PROTOCOL_ESP,
        .mode = RVL_MODE_TUNNEL,
        .spi = 0x12345678,
        .path = &path,
        .local = local,
        .remote = remote,
    };
    const RvlOperation add = {.kind = RVL_OPERATION_SA_ADD, .id = SA_ID, .sa_add = &sa};
    g_auto(Answer) answer = {0};

    make_path(&path);
    if (!apply_one(run, installer, self, &add, "an SA with a need that nobody knows", &answer))
        return;
    conformance_point(run, answer.has_error && answer.cause != RVL_CAUSE_NONE, installer->name,
                      "an SA with a need that nobody knows: refused with a cause (%s)",
                      answer.words != NULL ? answer.words : "none");
    conformance_point(run, listed(run, installer, self, SA_ID) == 0, installer->name,
                      "holds nothing of a refused SA");
}

void
rvl_conformance_installer(const RvlConformanceRun *run, const RvlInstaller *installer, void *self)
{
    g_auto(Answer) empty = {0};
    g_auto(Answer) interface = {0};
    g_auto(Answer) query = {0};

    installer->attach(self, &deaf);
    check_capabilities(run, installer, self);
    check_spis(run, installer, self);
    if (apply_one(run, installer, self, NULL, "an empty batch", &empty))
        conformance_point(run, !empty.has_error, installer->name, "an empty batch does no harm");
    check_policies(run, installer, self);
    check_unknown_needs(run, installer, self);
    installer->interface_remove(self, "ravelin-conformance:nobody", plain_done, &interface);
    if (answered(run, &interface, installer->name, "interface_remove()"))
        conformance_point(run, !interface.has_error, installer->name,
                          "removing an unknown owner's interface is no error");
    if (installer->query == NULL)
        return;
    installer->query(self, NULL, 0, counters_done, &query);
    (void)answered(run, &query, installer->name, "query()");
}

void
rvl_conformance_routes(const RvlConformanceRun *run, const RvlRoutes *routes, void *self)
{
    g_auto(Answer) removed = {0};
    g_auto(Answer) set = {0};
    const RvlRouteSet unknown = {.size = sizeof(unknown), .needs = UNKNOWN_NEED, .owner = OWNER};

    routes->set(self, &unknown, plain_done, &set);
    if (answered(run, &set, routes->name, "set() with a need that nobody knows"))
        conformance_point(run, set.has_error && set.cause != RVL_CAUSE_NONE, routes->name,
                          "set() with a need that nobody knows: refused with a cause (%s)",
                          set.words != NULL ? set.words : "none");
    routes->remove(self, "ravelin-conformance:nobody", plain_done, &removed);
    if (!answered(run, &removed, routes->name, "remove() of an unknown owner"))
        return;
    if (removed.cause != RVL_CAUSE_PERMISSION_MISSING)
        conformance_detail(run, !removed.has_error, removed.words, routes->name,
                           "removing an unknown owner is no error");
}
