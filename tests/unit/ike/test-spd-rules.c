/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the SPD lets through or drops beside the connections: installed, changed by the difference, undone. */
#include "config.h"

#include "pair.h"

#define LAN "[spd lan]\naction = bypass\nmatch = 10.1.0.0/24 <-> 10.2.0.0/24\n"
#define LAN_INSTALLED "bypass 1: 10.1.0.0/24 <-> 10.2.0.0/24"
#define TELNET "[spd telnet]\naction = discard\nmatch = any <-> any[tcp/23]\n"
#define TELNET_INSTALLED "discard 2: 0.0.0.0/0,::/0 <-> 0.0.0.0/0[tcp/23],::/0[tcp/23]"

/* Texts of the rules that are installed, in order, in one line. */
static char *
installed(const Pair *pair)
{
    g_autoptr(GList) ids = g_hash_table_get_values(pair->ends[PAIR_A].rules);
    GString *text = g_string_new(NULL);

    ids = g_list_sort(ids, (GCompareFunc)g_strcmp0);
    for (const GList *link = ids; link != NULL; link = link->next) {
        g_autoptr(GString) one = g_string_new(link->data);

        (void)g_string_replace(one, ", ", ",", 0);
        g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", one->str);
    }
    return g_string_free(text, FALSE);
}

#define assert_installed(pair, text)                                                               \
    do {                                                                                           \
        g_autofree char *found = installed(pair);                                                  \
        g_assert_cmpstr(found, ==, text);                                                          \
    } while (0)

static void
configure(Pair *pair, const char *rules)
{
    g_autofree char *conf = g_strconcat(PAIR_CONF_A "keep = up\n", rules, NULL);

    pair_configure(pair, PAIR_A, conf, PAIR_SECRET_A);
    pair_run(pair, RVL_SECOND);
}

static uint64_t
id_of(const Pair *pair, const char *text)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, pair->ends[PAIR_A].rules);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (g_str_has_prefix(value, text))
            return *(uint64_t *)key;
    }
    return 0;
}

static void
stand_before_connections(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n" TELNET LAN, NULL);
    GHashTableIter iter;
    gpointer policy;

    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    assert_installed(pair, LAN_INSTALLED "; " TELNET_INSTALLED);
    g_assert_true(pair->ends[PAIR_A].has_passage);
    g_assert_cmpuint(pair->ends[PAIR_A].rules_jobs, ==, 1);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_RULES_SET, "bypass"), ==, "1");
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_RULES_SET, "discard"), ==, "1");
    g_hash_table_iter_init(&iter, pair->ends[PAIR_A].policies);
    g_assert_true(g_hash_table_iter_next(&iter, NULL, &policy));
    g_assert_true(g_str_has_prefix(policy, "protect 3: ")); /* later than both */
}

static void
reload_changes_what_differs(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n" LAN, NULL);
    uint64_t spi, lan;

    pair_run(pair, RVL_SECOND);
    spi = pair_ike_spi(pair, PAIR_A);
    lan = id_of(pair, "bypass");
    configure(pair, LAN TELNET);
    assert_installed(pair, LAN_INSTALLED "; " TELNET_INSTALLED);
    g_assert_cmpuint(id_of(pair, "bypass"), ==, lan);
    g_assert_cmpuint(pair->ends[PAIR_A].rules_jobs, ==, 2);
    configure(pair, TELNET LAN); /* the same again */
    g_assert_cmpuint(pair->ends[PAIR_A].rules_jobs, ==, 2);
    configure(pair, "[spd lan]\naction = discard\nmatch = 10.1.0.0/24 <-> 10.2.0.0/24\n");
    assert_installed(pair, "discard 2: 10.1.0.0/24 <-> 10.2.0.0/24");
    g_assert_cmpuint(id_of(pair, "discard"), ==, lan); /* updated: the installer asserts the kind */
    configure(pair, "");
    assert_installed(pair, "");
    pair_assert_agree(pair, 1);
    g_assert_cmphex(pair_ike_spi(pair, PAIR_A), ==, spi); /* and nothing else was disturbed */
}

static void
stand_without_connections(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);

    pair_configure(pair, PAIR_A, TELNET, NULL);
    pair_run(pair, RVL_SECOND);
    assert_installed(pair, TELNET_INSTALLED);
    pair_configure(pair, PAIR_A, "", NULL);
    pair_run(pair, RVL_SECOND);
    assert_installed(pair, "");
    g_assert_false(pair->ends[PAIR_A].has_passage);
}

static void
shutdown_removes_them_last(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n" LAN TELNET, NULL);

    pair_run(pair, RVL_SECOND);
    pair_command(pair, PAIR_A, RVL_COMMAND_SHUTDOWN, NULL);
    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, 1);
    assert_installed(pair, "");
    g_assert_false(pair->ends[PAIR_A].has_passage);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_A].policies), ==, 0);
}

static void
restarted_installer_gets_them_again(void)
{
    g_autoptr(Pair) pair = pair_new("keep = none\n" LAN, NULL);
    RvlInstallerReport report = {.kind = RVL_INSTALLER_RESTARTED};

    pair_run(pair, RVL_SECOND);
    g_hash_table_remove_all(pair->ends[PAIR_A].rules);
    pair_report(pair, PAIR_A, &report);
    pair_run(pair, RVL_SECOND);
    assert_installed(pair, LAN_INSTALLED);
}

/* Reports were lost, and with them that one of two rules was: it comes back, the other isn't touched. */
static void
lost_one_is_restored(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n" LAN TELNET, NULL);
    RvlInstallerReport report = {.kind = RVL_INSTALLER_OVERRUN};
    uint64_t lan;

    pair_run(pair, RVL_SECOND);
    lan = id_of(pair, "bypass");
    g_assert_true(g_hash_table_remove(pair->ends[PAIR_A].rules, &lan));
    pair_report(pair, PAIR_A, &report);
    pair_run(pair, RVL_SECOND);
    assert_installed(pair, LAN_INSTALLED "; " TELNET_INSTALLED);
    g_assert_cmpuint(pair->ends[PAIR_A].rules_jobs, ==, 2);
}

static GError *
refuse_rules(Pair *pair, int end, const RvlJob *job, void *user_data)
{
    GError *error = NULL;

    (void)pair;
    (void)end;
    if (job->kind == RVL_JOB_RULES && *(bool *)user_data)
        rvl_error_set(&error, RVL_CAUSE_KERNEL_UNSUPPORTED, "no such rule can be had");
    return error;
}

static void
refused_are_told_and_tried_again(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);
    bool refuses = true;

    pair->job_filter = refuse_rules;
    pair->user_data = &refuses;
    configure(pair, LAN);
    assert_installed(pair, "");
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_INSTALL_FAILED, "operation"), ==, "rules");
    pair_assert_agree(pair, 1); /* the tunnel doesn't wait for them */
    refuses = false;
    pair_run(pair, 11 * RVL_SECOND);
    assert_installed(pair, LAN_INSTALLED);
}

static void
refused_at_the_end_dont_keep_the_daemon(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n" LAN, NULL);
    bool refuses = true;

    pair_run(pair, RVL_SECOND);
    pair->job_filter = refuse_rules;
    pair->user_data = &refuses;
    pair_command(pair, PAIR_A, RVL_COMMAND_SHUTDOWN, NULL);
    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, 1);
}

/* Two reloads while a job is under way: the second begins where the first ended. */
static void
reload_waits_for_the_job_under_way(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);

    pair_run(pair, RVL_SECOND);
    pair->job_delay = 10 * RVL_SECOND;
    configure(pair, LAN);
    configure(pair, TELNET);
    configure(pair, LAN TELNET);
    pair_run(pair, RVL_MINUTE);
    assert_installed(pair, LAN_INSTALLED "; " TELNET_INSTALLED);
}

static void
undo_puts_back_what_stood(void)
{
    g_autoptr(RvlSelectors) any = NULL;
    g_autoptr(RvlJob) job = rvl_job_new(RVL_JOB_RULES, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, 0);
    g_autoptr(RvlJobResult) result = rvl_job_result_new(job, RVL_JOB_DONE);
    g_autoptr(RvlJob) batch = NULL;
    RvlSelector selector;

    rvl_selector_any(RVL_FAMILY_IPV4, &selector);
    RvlRule stood = {.id = 7, .name = (char *)"lan", .action = RVL_ACTION_BYPASS};
    RvlUndo undo;

    any = rvl_selectors_new(&selector, 1);
    stood.local = stood.remote = any;
    rvl_rules_add(job->request.rules.before, &stood);
    job->request.rules.was_wanted = true;
    undo = rvl_job_undo_of(job, result);
    g_assert_nonnull(undo.job);
    g_assert_true(undo.job->request.rules.is_wanted);
    batch = rvl_rules_batch(&undo.job->request.rules);
    g_assert_cmpuint(batch->request.apply.steps->len, ==, 1);
    g_assert_cmpint(g_array_index(batch->request.apply.steps, RvlApplyStep, 0).kind, ==,
                    RVL_OPERATION_POLICY_ADD);
    rvl_undo_clear(&undo);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/spd-rules/stand-before-connections", stand_before_connections);
    g_test_add_func("/ike/spd-rules/reload-changes-what-differs", reload_changes_what_differs);
    g_test_add_func("/ike/spd-rules/stand-without-connections", stand_without_connections);
    g_test_add_func("/ike/spd-rules/shutdown-removes-them-last", shutdown_removes_them_last);
    g_test_add_func("/ike/spd-rules/restarted-installer-gets-them-again",
                    restarted_installer_gets_them_again);
    g_test_add_func("/ike/spd-rules/lost-one-is-restored", lost_one_is_restored);
    g_test_add_func("/ike/spd-rules/refused-are-told-and-tried-again",
                    refused_are_told_and_tried_again);
    g_test_add_func("/ike/spd-rules/refused-at-the-end-dont-keep-the-daemon",
                    refused_at_the_end_dont_keep_the_daemon);
    g_test_add_func("/ike/spd-rules/reload-waits-for-the-job-under-way",
                    reload_waits_for_the_job_under_way);
    g_test_add_func("/ike/spd-rules/undo-puts-back-what-stood", undo_puts_back_what_stood);
    return g_test_run();
}
