/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configurations on trial: kept when confirmed, rolled back when not, and what is refused meanwhile. */
#include "config.h"

#include "control/changeover.h"

#include <string.h>

#include <ravelin/error.h>

#include "fakes/events.h"

/* A trial that nobody confirms in a test; and one that is over before the test looks again. */
#define LONG (60 * RVL_SECOND)
#define SHORT RVL_MILLISECOND

/* A model that only remembers what is in force: a letter a configuration. */
typedef struct {
    RvlControlModel model;
    FakeEvents *events;
    RvlChangeover *changeover;
    char in_force;
    char planned;  /* 0: nothing */
    char replaced; /* 0: nothing */
    char files;    /* what plan() reads; 0: they are wrong */
    uint64_t generation;
} World;

static bool
plan(void *context, GVariant **changes, GStrv *problems)
{
    World *world = context;

    if (world->files == 0) {
        *problems = g_strsplit("test.conf:1: wrong", "\n", -1);
        return false;
    }
    world->planned = world->files;
    *changes = g_variant_ref_sink(g_variant_new_array(G_VARIANT_TYPE_VARDICT, NULL, 0));
    return true;
}

static bool
apply(void *context, GError **error)
{
    World *world = context;

    if (world->planned == 0) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "nothing was planned");
        return false;
    }
    world->replaced = world->in_force;
    world->in_force = world->planned;
    world->planned = 0;
    world->generation++;
    return true;
}

static bool
roll_back(void *context, GError **error)
{
    World *world = context;

    if (world->replaced == 0) {
        rvl_error_set(error, RVL_CAUSE_POLICY_CHANGED, "nothing was applied");
        return false;
    }
    world->in_force = world->replaced;
    world->replaced = 0;
    world->generation++;
    return true;
}

static uint64_t
generation(void *context)
{
    return ((const World *)context)->generation;
}

static World *
world_new(void)
{
    World *world = g_new0(World, 1);

    world->model = (RvlControlModel){.context = world,
                                     .plan = plan,
                                     .apply = apply,
                                     .roll_back = roll_back,
                                     .generation = generation};
    world->events = fake_events_new();
    world->changeover = rvl_changeover_new(&world->model, fake_events_sink(world->events));
    world->in_force = 'a';
    world->planned = world->files = 'b';
    world->generation = 1;
    return world;
}

static void
world_free(World *world)
{
    rvl_changeover_free(world->changeover);
    fake_events_free(world->events);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static void
apply_planned(World *world, RvlTime trial)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(rvl_changeover_apply(world->changeover, world->generation, trial, &error));
    g_assert_no_error(error);
}

static void
without_trial_it_stays(void)
{
    g_autoptr(World) world = world_new();

    apply_planned(world, 0);
    g_assert_cmpint(world->in_force, ==, 'b');
    g_assert_cmpint(rvl_changeover_left(world->changeover), ==, RVL_TIME_NEVER);
    g_assert_cmpuint(fake_events_count(world->events, RVL_EVENT_POLICY_ON_TRIAL), ==, 0);
}

static void
unconfirmed_goes_back_by_itself(void)
{
    g_autoptr(World) world = world_new();

    apply_planned(world, SHORT);
    g_assert_cmpint(world->in_force, ==, 'b');
    while (world->in_force == 'b')
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpint(world->in_force, ==, 'a');
    g_assert_cmpuint(world->generation, ==, 3);
    g_assert_cmpint(rvl_changeover_left(world->changeover), ==, RVL_TIME_NEVER);
    g_assert_cmpstr(fake_events_field(world->events, RVL_EVENT_POLICY_ROLLED_BACK, 0, "from"), ==,
                    "2");
    g_assert_cmpstr(fake_events_field(world->events, RVL_EVENT_POLICY_ROLLED_BACK, 0, "generation"),
                    ==, "3");
}

static void
confirmed_stays(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;

    apply_planned(world, LONG);
    g_assert_cmpint(rvl_changeover_left(world->changeover), >, LONG - 10 * RVL_SECOND);
    g_assert_true(rvl_changeover_confirm(world->changeover, 2, &error));
    g_assert_no_error(error);
    g_assert_cmpint(world->in_force, ==, 'b');
    g_assert_cmpint(rvl_changeover_left(world->changeover), ==, RVL_TIME_NEVER);
    g_assert_false(rvl_changeover_confirm(world->changeover, 2, &error));
    g_assert_error(error, RVL_ERROR, (int)RVL_CAUSE_POLICY_CHANGED);
}

/* Who confirms too late, or something else than what he saw, must hear of it. */
static void
only_what_is_on_trial_is_confirmed(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GError) early = NULL;
    g_autoptr(GError) other = NULL;

    g_assert_false(rvl_changeover_confirm(world->changeover, 1, &early));
    g_assert_error(early, RVL_ERROR, (int)RVL_CAUSE_POLICY_CHANGED);
    apply_planned(world, LONG);
    g_assert_false(rvl_changeover_confirm(world->changeover, 1, &other));
    g_assert_error(other, RVL_ERROR, (int)RVL_CAUSE_POLICY_CHANGED);
    g_assert_cmpint(rvl_changeover_left(world->changeover), !=, RVL_TIME_NEVER);
}

static void
operator_rolls_back_once(gconstpointer data)
{
    RvlTime trial = GPOINTER_TO_INT(data) * RVL_SECOND;
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;

    apply_planned(world, trial);
    g_assert_true(rvl_changeover_roll_back(world->changeover, &error));
    g_assert_no_error(error);
    g_assert_cmpint(world->in_force, ==, 'a');
    g_assert_cmpint(rvl_changeover_left(world->changeover), ==, RVL_TIME_NEVER);
    g_assert_cmpuint(fake_events_count(world->events, RVL_EVENT_POLICY_ROLLED_BACK), ==, 1);
    g_assert_false(rvl_changeover_roll_back(world->changeover, &error));
    g_assert_error(error, RVL_ERROR, (int)RVL_CAUSE_POLICY_CHANGED);
}

static void
nothing_else_is_applied_during_a_trial(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;

    apply_planned(world, LONG);
    world->files = world->planned = 'c';
    g_assert_false(rvl_changeover_apply(world->changeover, world->generation, 0, &error));
    g_assert_error(error, RVL_ERROR, (int)RVL_CAUSE_POLICY_CHANGED);
    g_assert_cmpint(world->in_force, ==, 'b');
    rvl_changeover_reload(world->changeover); /* a signal's, which nobody hears an answer to */
    g_assert_cmpint(world->in_force, ==, 'b');
    g_assert_cmpstr(fake_events_field(world->events, RVL_EVENT_POLICY_REFUSED, 0, "cause"), ==,
                    "policy-changed");
}

static void
stale_plan_is_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;

    world->generation = 5;
    g_assert_false(rvl_changeover_apply(world->changeover, 4, 0, &error));
    g_assert_error(error, RVL_ERROR, (int)RVL_CAUSE_POLICY_CHANGED);
    g_assert_cmpint(world->in_force, ==, 'a');
}

static void
trial_is_bounded(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;

    g_assert_false(
        rvl_changeover_apply(world->changeover, world->generation, RVL_TRIAL_MAX + 1, &error));
    g_assert_error(error, RVL_ERROR, (int)RVL_CAUSE_CONFIG_INVALID);
    g_assert_cmpint(world->in_force, ==, 'a');
}

static void
reload_reads_and_applies(void)
{
    g_autoptr(World) world = world_new();

    world->planned = 0;
    rvl_changeover_reload(world->changeover);
    g_assert_cmpint(world->in_force, ==, 'b');
    world->files = 0;
    rvl_changeover_reload(world->changeover);
    g_assert_cmpint(world->in_force, ==, 'b');
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/changeover/without-trial-it-stays", without_trial_it_stays);
    g_test_add_func("/changeover/unconfirmed-goes-back-by-itself", unconfirmed_goes_back_by_itself);
    g_test_add_func("/changeover/confirmed-stays", confirmed_stays);
    g_test_add_func("/changeover/only-what-is-on-trial-is-confirmed",
                    only_what_is_on_trial_is_confirmed);
    g_test_add_data_func("/changeover/operator-rolls-back-a-trial", GINT_TO_POINTER(60),
                         operator_rolls_back_once);
    g_test_add_data_func("/changeover/operator-rolls-back-what-stays", GINT_TO_POINTER(0),
                         operator_rolls_back_once);
    g_test_add_func("/changeover/nothing-else-is-applied-during-a-trial",
                    nothing_else_is_applied_during_a_trial);
    g_test_add_func("/changeover/stale-plan-is-refused", stale_plan_is_refused);
    g_test_add_func("/changeover/trial-is-bounded", trial_is_bounded);
    g_test_add_func("/changeover/reload-reads-and-applies", reload_reads_and_applies);
    return g_test_run();
}
