/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* simulate: runs seeds; a failing one is printed with the command that replays it. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/run.h"

/* In this many runs, every fault and collision must have been entered this often. */
#define ENOUGH_RUNS 2000
#define ENOUGH_ENTERED 100

/* How many failing seeds are printed before the rest is only counted. */
#define FAILURES_SHOWN 20

typedef struct {
    char *backend;
    char *seeds;
    gint64 seed;
    char *modules;
    gboolean is_verbose;
    uint64_t first;
    uint64_t last;
} Options;

static void
options_clear(Options *options)
{
    g_free(options->backend);
    g_free(options->seeds);
    g_free(options->modules);
}

static bool
parse_seeds(Options *options)
{
    char *rest = NULL;

    if (options->seed >= 0) {
        options->first = options->last = (uint64_t)options->seed;
        return true;
    }
    options->last = g_ascii_strtoull(options->seeds, &rest, 10);
    if (*rest == '-') {
        options->first = options->last;
        options->last = g_ascii_strtoull(rest + 1, &rest, 10);
    } else {
        options->first = 1;
    }
    return *rest == '\0' && options->first <= options->last;
}

static bool
parse(Options *options, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"backend", 'b', 0, G_OPTION_ARG_STRING, &options->backend, "toy, openssl or gcrypt",
         "NAME"},
        {"seeds", 's', 0, G_OPTION_ARG_STRING, &options->seeds, "these, or as many",
         "FIRST-LAST|N"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, "this one alone", "N"},
        {"modules", 0, 0, G_OPTION_ARG_FILENAME, &options->modules, "folder of plugins", "FOLDER"},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->is_verbose, "tell what both ends say",
         NULL},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- simulate two hosts");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("simulate: %s\n", error->message);
        return false;
    }
    if (options->backend == NULL)
        options->backend = g_strdup("toy");
    if (options->seeds == NULL)
        options->seeds = g_strdup("100");
    if (options->modules == NULL)
        options->modules = g_strdup(g_getenv("RAVELIN_PLUGIN_PATH"));
    if (options->modules == NULL || !parse_seeds(options)) {
        g_printerr("simulate: --seeds takes N or FIRST-LAST; --modules a folder\n");
        return false;
    }
    return true;
}

static void
print_failure(const Options *options, uint64_t seed, const SimOutcome *outcome)
{
    g_print("# seed %" G_GUINT64_FORMAT ", %s, %s: %s\n"
            "#   replay: tests/sim/simulate --modules %s --backend %s --seed %" G_GUINT64_FORMAT
            " --verbose\n",
            seed, outcome->scenario, outcome->sky, outcome->wrong, options->modules,
            options->backend, seed);
}

/* Returns: how many seeds failed. */
static unsigned
simulate(const Options *options, SimPlant *plant, SimTally *tally)
{
    unsigned failed = 0;
    uint64_t gaps = 0;

    for (uint64_t seed = options->first; seed <= options->last; seed++) {
        SimOutcome outcome = sim_run(plant, tally, seed, options->is_verbose);

        gaps += outcome.gaps;
        if (outcome.wrong != NULL && failed++ < FAILURES_SHOWN)
            print_failure(options, seed, &outcome);
        sim_outcome_clear(&outcome);
    }
    g_print("# %" G_GUINT64_FORMAT " times an SA in use wasn't at the peer\n", gaps);
    return failed;
}

static int
report(const Options *options, unsigned failed, const SimTally *tally)
{
    uint64_t runs = options->last - options->first + 1;
    bool is_counted = strcmp(options->backend, "toy") == 0 && runs >= ENOUGH_RUNS;
    unsigned rare = sim_tally_print(tally, is_counted ? ENOUGH_ENTERED : 0);

    g_print("%s 1 - %" G_GUINT64_FORMAT " seeds on %s end with both ends agreed and nothing left\n",
            failed == 0 ? "ok" : "not ok", runs, options->backend);
    if (failed > 0)
        g_print("# %u of %" G_GUINT64_FORMAT " failed\n", failed, runs);
    g_print("%s 2 - every fault and collision was entered by enough runs%s\n",
            rare == 0 ? "ok" : "not ok",
            is_counted ? "" : " # SKIP counted with the toy backend's seeds alone");
    g_print("1..2\n");
    return failed == 0 && rare == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    Options options = {.seed = -1};
    g_autoptr(SimTally) tally = sim_tally_new();
    g_autoptr(SimPlant) plant = NULL;
    g_autoptr(GError) error = NULL;
    int status = EXIT_FAILURE;

    if (parse(&options, argc, argv)) {
        plant = sim_plant_new(options.modules, options.backend, &error);
        if (plant != NULL)
            status = report(&options, simulate(&options, plant, tally), tally);
        else
            g_print("1..0 # SKIP %s\n", error->message);
        if (plant == NULL)
            status = EXIT_SUCCESS;
    }
    options_clear(&options);
    return status;
}
