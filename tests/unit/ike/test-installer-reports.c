/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the installer tells the engine of SAs: limits that were reached, and that it lost what it had to tell. */
#include "config.h"

#include "pair.h"

/* The id of an SA of @end that is installed, in @direction. */
static RvlSaId
installed_sa(const Pair *pair, int end, RvlDirection direction)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, pair->ends[end].sas);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const PairSa *sa = value;

        if (sa->direction == direction)
            return sa->id;
    }
    g_assert_not_reached();
}

static Pair *
pair_up(void)
{
    Pair *pair = pair_new("keep = up\n", NULL);

    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    return pair;
}

static void
report_limit(Pair *pair, bool is_hard, uint32_t cause)
{
    RvlInstallerReport report = {.kind = RVL_INSTALLER_EXPIRED,
                                 .sa = installed_sa(pair, PAIR_A, RVL_DIRECTION_OUT),
                                 .is_hard = is_hard,
                                 .cause = cause};

    pair_report(pair, PAIR_A, &report);
    pair_run(pair, RVL_SECOND);
}

static const struct {
    const char *name;
    uint32_t cause;
    const char *told;
} hard_limits[] = {
    {"lifetime", RVL_CAUSE_LIFETIME_EXPIRED, "lifetime-expired"},
    {"sequence", RVL_CAUSE_SEQUENCE_EXHAUSTED, "sequence-exhausted"},
    {"of-a-newer-contract", RVL_CAUSE_COUNT_ + 100, "lifetime-expired"},
};

static void
hard_limit_ends_the_pair_and_says_why(gconstpointer data)
{
    const typeof(hard_limits[0]) *row = data;
    g_autoptr(Pair) pair = pair_up();

    report_limit(pair, true, row->cause);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_LIMIT, "cause"), ==, row->told);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_LIMIT, "limit"), ==, "hard");
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_DOWN, "cause"), ==, row->told);
    pair_run(pair, RVL_MINUTE); /* kept up: another comes */
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_UP), ==, 1);
}

static void
soft_limit_rekeys_the_pair(void)
{
    g_autoptr(Pair) pair = pair_up();
    uint32_t spi = pair_child_spi(pair, PAIR_A);

    report_limit(pair, false, RVL_CAUSE_SEQUENCE_EXHAUSTED);
    pair_run(pair, RVL_MINUTE);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_LIMIT, "cause"), ==,
                    "sequence-exhausted");
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_LIMIT, "limit"), ==, "soft");
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_REKEYED), ==, 1);
    g_assert_cmpuint(pair_child_spi(pair, PAIR_A), !=, spi);
    pair_assert_agree(pair, 1);
}

/* Lost reports. */

static void
report_overrun(Pair *pair)
{
    const RvlInstallerReport report = {.kind = RVL_INSTALLER_OVERRUN};

    pair_report(pair, PAIR_A, &report);
    pair_run(pair, RVL_MINUTE);
}

static PairSa *
find_sa(const Pair *pair, int end, RvlDirection direction)
{
    RvlSaId id = installed_sa(pair, end, direction);

    return g_hash_table_lookup(pair->ends[end].sas, &id);
}

static void
overrun_changes_nothing_that_stands(void)
{
    g_autoptr(Pair) pair = pair_up();
    uint64_t ike = pair_ike_spi(pair, PAIR_A);
    uint32_t child = pair_child_spi(pair, PAIR_A);

    report_overrun(pair);
    pair_assert_agree(pair, 1);
    g_assert_cmphex(pair_ike_spi(pair, PAIR_A), ==, ike);
    g_assert_cmphex(pair_child_spi(pair, PAIR_A), ==, child);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_DOWN), ==, 0);
}

/* The limits that an installer has reached, and which event of the lost ones is made up for. */
static const struct {
    const char *name;
    uint32_t limit;
    RvlEventId then;
} lost_limits[] = {
    {"soft", RVL_SA_LIMIT_SOFT, RVL_EVENT_CHILD_SA_REKEYED},
    {"hard", RVL_SA_LIMIT_HARD, RVL_EVENT_CHILD_SA_DOWN},
};

static void
overrun_finds_a_limit_that_was_not_told(gconstpointer data)
{
    const typeof(lost_limits[0]) *row = data;
    g_autoptr(Pair) pair = pair_up();
    uint64_t ike = pair_ike_spi(pair, PAIR_A);
    PairSa *sa = find_sa(pair, PAIR_A, RVL_DIRECTION_OUT);

    sa->limit = row->limit;
    sa->limit_cause = RVL_CAUSE_SEQUENCE_EXHAUSTED;
    report_overrun(pair);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_LIMIT), ==, 1);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_LIMIT, "cause"), ==,
                    "sequence-exhausted");
    g_assert_cmpuint(pair_events(pair, PAIR_A, row->then), >, 0);
    pair_assert_agree(pair, 1);
    g_assert_cmphex(pair_ike_spi(pair, PAIR_A), ==, ike);
}

static void
overrun_replaces_an_sa_that_is_gone(void)
{
    g_autoptr(Pair) pair = pair_up();
    uint64_t ike = pair_ike_spi(pair, PAIR_A);
    uint32_t child = pair_child_spi(pair, PAIR_A);
    RvlSaId gone = installed_sa(pair, PAIR_A, RVL_DIRECTION_IN);

    g_hash_table_remove(pair->ends[PAIR_A].sas, &gone);
    report_overrun(pair);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_DOWN, "cause"), ==,
                    "install-failed");
    pair_assert_agree(pair, 1);
    g_assert_cmphex(pair_child_spi(pair, PAIR_A), !=, child);
    g_assert_cmphex(pair_ike_spi(pair, PAIR_A), ==, ike);
}

static void
overrun_restores_a_policy_that_is_gone(void)
{
    g_autoptr(Pair) pair = pair_up();

    g_hash_table_remove_all(pair->ends[PAIR_A].policies);
    report_overrun(pair);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_A].policies), ==, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_DOWN), ==, 0);
    pair_assert_agree(pair, 1);
}

static GError *
fail_first_stock(Pair *pair, int end, const RvlJob *job, void *user_data)
{
    unsigned *asked = user_data;
    GError *error = NULL;

    (void)pair;
    (void)end;
    if (job->kind == RVL_JOB_TAKE_STOCK && (*asked)++ == 0)
        rvl_error_set(&error, RVL_CAUSE_INSTALL_FAILED, "not now");
    return error;
}

static void
question_that_failed_is_asked_again(void)
{
    g_autoptr(Pair) pair = pair_up();
    unsigned asked = 0;

    find_sa(pair, PAIR_A, RVL_DIRECTION_OUT)->limit = RVL_SA_LIMIT_HARD;
    pair->job_filter = fail_first_stock;
    pair->user_data = &asked;
    report_overrun(pair);
    g_assert_cmpuint(asked, ==, 2);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_LIMIT), ==, 1);
    pair_assert_agree(pair, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(hard_limits); i++) {
        g_autofree char *path =
            g_strdup_printf("/ike/installer-reports/hard-limit/%s", hard_limits[i].name);

        g_test_add_data_func(path, &hard_limits[i], hard_limit_ends_the_pair_and_says_why);
    }
    g_test_add_func("/ike/installer-reports/soft-limit-rekeys-the-pair",
                    soft_limit_rekeys_the_pair);
    g_test_add_func("/ike/installer-reports/overrun-changes-nothing-that-stands",
                    overrun_changes_nothing_that_stands);
    for (size_t i = 0; i < G_N_ELEMENTS(lost_limits); i++) {
        g_autofree char *path =
            g_strdup_printf("/ike/installer-reports/overrun-finds-limit/%s", lost_limits[i].name);

        g_test_add_data_func(path, &lost_limits[i], overrun_finds_a_limit_that_was_not_told);
    }
    g_test_add_func("/ike/installer-reports/overrun-replaces-an-sa-that-is-gone",
                    overrun_replaces_an_sa_that_is_gone);
    g_test_add_func("/ike/installer-reports/overrun-restores-a-policy-that-is-gone",
                    overrun_restores_a_policy_that_is_gone);
    g_test_add_func("/ike/installer-reports/question-that-failed-is-asked-again",
                    question_that_failed_is_asked_again);
    return g_test_run();
}
