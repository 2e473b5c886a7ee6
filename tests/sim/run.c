/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of a simulation. */
#include "config.h"

#include "sim/run.h"

#include <string.h>

#include "sim/agree.h"
#include "sim/scenarios.h"

#define START (1000 * RVL_SECOND)
#define WALL 1750000000

/* A job takes up to one of these, drawn for each run. */
static const RvlTime slowest[] = {0, 5 * RVL_MILLISECOND, 100 * RVL_MILLISECOND};

/* How often a scenario's acts are played in a run where it doesn't say, and what passes before, between and after. */
#define ROUNDS 3
#define BEGINNING (8 * RVL_SECOND)
#define BETWEEN (12 * RVL_SECOND)
#define DARKNESS (3 * RVL_MINUTE)
/* After the weather cleared, the ends must agree within this, and shut down within that. */
#define TO_AGREE (10 * RVL_MINUTE)
#define TO_SHUT_DOWN (2 * RVL_MINUTE)
/* One run in so many has jobs that fail, long proofs, a NAT before A, one before B too, a clock that is set. */
#define ONE_IN_FAILS 4
#define ONE_IN_IS_LONG 4
#define ONE_IN_HAS_NAT 5
#define ONE_IN_HAS_BOTH 3 /* of those */
#define ONE_IN_SETS_CLOCK 6
/* Then this many of its jobs fail, in permille; a proof's certificate is so long; the clock moves so far. */
#define FAILING 110
#define CERTIFICATE_OCTETS 3000
#define CLOCK_MOVES (400 * INT64_C(86400))

/* An operator who took something down asks for it again this often. */
#define PATIENCE (20 * RVL_SECOND)

typedef struct {
    SimPlant *plant;
    SimTally *tally;
    const SimScenario *scenario;
    const SimSky *sky;
    bool is_verbose;
    SimDice dice;
    FakeLoop *loop;
    SimNetwork *network;
    SimTroubles troubles;
    bool has_nat[2];
    bool rebinds;
    bool sets_clock;
    SimHost *hosts[2];
    RvlSnapshot *snapshots[2];
    RvlSnapshot *others[2]; /* for reloads: the same, with another setting */
    unsigned proofs[2];
    unsigned established[2];
    SimOutcome outcome;
} Run;

static void G_GNUC_PRINTF(2, 3) is_wrong(Run *run, const char *format, ...)
{
    va_list arguments;

    if (run->outcome.wrong != NULL)
        return;
    va_start(arguments, format);
    run->outcome.wrong = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

/* What the ends say and do. */

static void
hear(SimHost *host, const RvlEvent *event, void *user_data)
{
    Run *run = user_data;
    bool is_second = host == run->hosts[1];

    sim_tally_hear(run->tally, event);
    run->proofs[is_second] += event->id == RVL_EVENT_GRANTED;
    run->established[is_second] += event->id == RVL_EVENT_IKE_SA_UP;
    if (run->established[is_second] > run->proofs[is_second])
        is_wrong(run, "%s: an IKE SA was established without a proof", sim_host_name(host));
    if (run->is_verbose) {
        g_autofree char *sentence = rvl_event_sentence(event);

        g_print("# %9.3f %s: %s\n", (double)(fake_loop_now(run->loop) - START) / RVL_SECOND,
                sim_host_name(host), sentence);
    }
}

static void
changed(void *user_data)
{
    Run *run = user_data;
    unsigned gaps;

    if (run->hosts[0] == NULL || run->hosts[1] == NULL)
        return;
    gaps = sim_agree_gaps(run->hosts);
    if (gaps > 0 && run->is_verbose)
        g_print("# %9.3f -- %u SAs in use are not at the peer\n",
                (double)(fake_loop_now(run->loop) - START) / RVL_SECOND, gaps);
    run->outcome.gaps += gaps > 0;
}

/* Who is behind a NAT has this address of its own; the other end knows the NAT's alone. */
static const char *
own_address(const Run *run, int end)
{
    static const char *const addresses[2][2] = {{"192.0.2.1", "192.0.2.2"},
                                                {"198.18.0.1", "198.18.0.2"}};

    return addresses[run->has_nat[end]][end];
}

static bool
one_in(Run *run, unsigned n)
{
    return sim_dice_below(&run->dice, n) == 0;
}

static void
draw_circumstances(Run *run)
{
    run->troubles.failing = one_in(run, ONE_IN_FAILS) ? FAILING : 0;
    run->troubles.certificate_octets = one_in(run, ONE_IN_IS_LONG) ? CERTIFICATE_OCTETS : 0;
    run->has_nat[0] = one_in(run, ONE_IN_HAS_NAT);
    run->has_nat[1] = run->has_nat[0] && one_in(run, ONE_IN_HAS_BOTH);
    run->rebinds = run->has_nat[0] && one_in(run, 2);
    run->sets_clock = one_in(run, ONE_IN_SETS_CLOCK);
}

/* B's forwards: its peer begins. */
static void
put_behind_nats(Run *run)
{
    for (int i = 0; i < 2; i++) {
        RvlAddress inside;
        RvlAddress outside;

        if (!run->has_nat[i])
            continue;
        g_assert_true(rvl_address_parse(own_address(run, i), &inside));
        g_assert_true(rvl_address_parse(i == 0 ? "192.0.2.1" : "192.0.2.2", &outside));
        sim_network_put_behind(run->network, &inside, sim_nat_new(&outside, i == 1));
    }
}

/* Configuration. */

#define SECRET "[secret net]\npsk = \"a secret of thirty-two characters\"\n"

static char *
write_configuration(const Run *run, int end, const char *more)
{
    const SimScenario *scenario = run->scenario;
    const char *lines = end == 0 ? scenario->a : scenario->b;
    bool has_keep = lines != NULL && strstr(lines, "keep =") != NULL;
    g_autofree char *two =
        scenario->has_two
            ? g_strdup_printf(
                  "[child net/two]\nprotect = 10.1%d.0.0/16 <-> 10.1%d.0.0/16\nkeep = %s\n",
                  end + 1, 2 - end, end == 0 ? "up" : "none")
            : g_strdup("");

    return g_strdup_printf("[daemon]\n%s[connection net]\nlocal-address = %s\n"
                           "remote-address = 192.0.2.%d\nlocal-id = %c.test\nremote-id = %c.test\n"
                           "protect = 10.%d.0.0/16 <-> 10.%d.0.0/16\n%s%s%s%s",
                           scenario->daemon != NULL ? scenario->daemon : "", own_address(run, end),
                           2 - end, 'a' + end, 'b' - end, end + 1, 2 - end,
                           lines != NULL ? lines : "", has_keep ? "" : "keep = none\n", more, two);
}

static RvlSnapshot *
compile(Run *run, int end, const char *more)
{
    g_autofree char *conf = write_configuration(run, end, more);
    g_autofree char *report = NULL;
    RvlSnapshot *snapshot = sim_plant_compile(run->plant, conf, SECRET, NULL, &report);

    if (snapshot == NULL)
        is_wrong(run, "the configuration is refused: %s", report);
    return snapshot;
}

static SimHost *
make_host(Run *run, int end)
{
    SimHostParts parts = {
        .name = end == 0 ? "a" : "b",
        .peer_name = end == 0 ? "b.test" : "a.test",
        .slowest_job = slowest[sim_dice_below(&run->dice, G_N_ELEMENTS(slowest))],
        .troubles = &run->troubles,
        .plant = run->plant,
        .loop = run->loop,
        .dice = &run->dice,
        .network = run->network,
        .hear = hear,
        .changed = changed,
        .user_data = run,
    };

    g_assert_true(rvl_address_parse(own_address(run, end), &parts.address));
    g_assert_true(rvl_address_parse(end == 0 ? "192.0.2.2" : "192.0.2.1", &parts.peer));
    return sim_host_new(&parts);
}

/* Acts. */

static void
go_dark(Run *run)
{
    sim_network_set_dark(run->network, true);
    fake_loop_advance(run->loop, (RvlTime)sim_dice_below(&run->dice, DARKNESS));
    sim_network_set_dark(run->network, false);
}

static void
reload(Run *run, int end)
{
    RvlSnapshot *next = run->others[end];

    run->others[end] = run->snapshots[end];
    run->snapshots[end] = next;
    sim_host_configure(run->hosts[end], next);
}

static const char *
pick_child(Run *run)
{
    return run->scenario->has_two && sim_dice_chance(&run->dice, 500) ? "net/two" : "net/net";
}

static void
act(Run *run, int end, SimAct what)
{
    SimHost *host = run->hosts[end];

    if (run->is_verbose)
        g_print("# %9.3f -- act %d at %s\n",
                (double)(fake_loop_now(run->loop) - START) / RVL_SECOND, what, sim_host_name(host));
    switch (what) {
    case SIM_ACT_NONE:
        break;
    case SIM_ACT_UP:
        sim_host_command(host, RVL_COMMAND_UP, "net");
        break;
    case SIM_ACT_DOWN:
        sim_host_command(host, RVL_COMMAND_DOWN, "net");
        break;
    case SIM_ACT_REKEY_IKE:
        sim_host_command(host, RVL_COMMAND_REKEY, "net");
        break;
    case SIM_ACT_REKEY_CHILD:
        sim_host_command(host, RVL_COMMAND_REKEY, pick_child(run));
        break;
    case SIM_ACT_DOWN_CHILD:
        sim_host_command(host, RVL_COMMAND_DOWN, pick_child(run));
        break;
    case SIM_ACT_ACQUIRE:
        sim_host_acquire(host);
        break;
    case SIM_ACT_RESTART:
        sim_host_restart(host);
        sim_host_configure(host, run->snapshots[end]);
        break;
    case SIM_ACT_RELOAD:
        reload(run, end);
        break;
    case SIM_ACT_DARK:
        go_dark(run);
        break;
    }
}

static bool
takes_down(SimAct what)
{
    return what == SIM_ACT_DOWN || what == SIM_ACT_DOWN_CHILD || what == SIM_ACT_ACQUIRE;
}

static bool
needs_up(const SimScenario *scenario)
{
    return takes_down(scenario->first) || takes_down(scenario->second);
}

static void
bring_up(Run *run)
{
    sim_host_command(run->hosts[0], RVL_COMMAND_UP, "net/net");
    if (run->scenario->has_two)
        sim_host_command(run->hosts[0], RVL_COMMAND_UP, "net/two");
}

/* What happens to the world meanwhile: once a run, after its first round. */
static void
disturb(Run *run)
{
    SimNat *nat = sim_network_nat(run->network, sim_host_address(run->hosts[0]));

    if (run->rebinds && nat != NULL)
        sim_nat_rebind(nat);
    if (!run->sets_clock)
        return;
    fake_loop_move_wall(run->loop, one_in(run, 2) ? CLOCK_MOVES : -CLOCK_MOVES);
    sim_tally_clock_moved(run->tally);
}

static void
play(Run *run)
{
    const SimScenario *scenario = run->scenario;
    unsigned rounds = scenario->rounds > 0 ? scenario->rounds : ROUNDS;

    fake_loop_advance(run->loop, (RvlTime)sim_dice_below(&run->dice, BEGINNING));
    for (unsigned i = 0; i < rounds; i++) {
        int first = (int)sim_dice_below(&run->dice, 2);

        if (i == 1)
            disturb(run);
        act(run, first, scenario->first);
        fake_loop_advance(run->loop,
                          (RvlTime)sim_dice_below(&run->dice, (uint64_t)scenario->gap + 1));
        act(run, 1 - first, scenario->second);
        fake_loop_advance(run->loop, (RvlTime)sim_dice_below(&run->dice, BETWEEN));
        if (needs_up(scenario) && i + 1 < rounds) {
            bring_up(run);
            fake_loop_advance(run->loop, (RvlTime)sim_dice_below(&run->dice, BETWEEN));
        }
    }
}

/* Ends. */

static void
must_agree(Run *run)
{
    RvlTime until = fake_loop_now(run->loop) + TO_AGREE;
    RvlTime ask = fake_loop_now(run->loop);
    g_autofree char *wrong = NULL;

    sim_network_set_weather(run->network, &sim_skies[SIM_CALM].weather);
    run->troubles.failing = 0;
    do {
        if (needs_up(run->scenario) && fake_loop_now(run->loop) >= ask) {
            bring_up(run);
            ask = fake_loop_now(run->loop) + PATIENCE;
        }
        fake_loop_advance(run->loop, RVL_SECOND);
        g_free(wrong);
        wrong = sim_agree_at_rest(run->hosts, run->scenario->has_two ? 2 : 1);
        if (wrong == NULL)
            wrong = sim_agree_paths(run->hosts, run->network);
    } while (wrong != NULL && fake_loop_now(run->loop) < until);
    if (wrong != NULL)
        is_wrong(run, "at rest: %s", wrong);
}

static void
must_be_empty(Run *run, size_t secrets_before)
{
    const RvlSecretServices *secrets = sim_plant_secrets(run->plant);
    size_t left;

    sim_host_command(run->hosts[0], RVL_COMMAND_SHUTDOWN, NULL);
    fake_loop_advance(run->loop, (RvlTime)sim_dice_below(&run->dice, RVL_SECOND));
    sim_host_command(run->hosts[1], RVL_COMMAND_SHUTDOWN, NULL);
    fake_loop_advance(run->loop, TO_SHUT_DOWN);
    for (int i = 0; i < 2; i++) {
        g_autofree char *wrong = sim_agree_is_empty(run->hosts[i]);

        if (wrong != NULL)
            is_wrong(run, "at the end: %s", wrong);
    }
    left = secrets->count(secrets->context);
    if (left != secrets_before)
        is_wrong(run, "at the end: %zu secrets, %zu at the beginning", left, secrets_before);
}

static void
must_be_satisfied(Run *run)
{
    for (int i = 0; i < 2; i++) {
        const char *complaint = sim_ledger_complaint(sim_host_ledger(run->hosts[i]));

        if (complaint != NULL)
            is_wrong(run, "%s: %s", sim_host_name(run->hosts[i]), complaint);
    }
}

/* The whole. */

/* What fails, or is lost on a way that leads nowhere, may leave a gap. */
static bool
was_disturbed(const Run *run)
{
    bool is_disturbed = run->rebinds;

    for (size_t i = 0; i < SIM_JOB_KINDS; i++)
        is_disturbed |= run->troubles.failed[i] > 0;
    return is_disturbed;
}

static void
live(Run *run)
{
    const RvlSecretServices *secrets = sim_plant_secrets(run->plant);
    size_t before = secrets->count(secrets->context);

    for (int i = 0; i < 2; i++)
        run->hosts[i] = make_host(run, i);
    for (int i = 0; i < 2; i++)
        sim_host_configure(run->hosts[i], run->snapshots[i]);
    play(run);
    must_agree(run);
    if (run->scenario->is_seamless && run->sky == &sim_skies[SIM_CALM] && !was_disturbed(run) &&
        run->outcome.gaps > 0)
        is_wrong(run, "%u times an SA in use wasn't at the peer, in calm weather",
                 run->outcome.gaps);
    must_be_empty(run, before);
    must_be_satisfied(run);
}

static void
begin(Run *run, uint64_t seed)
{
    run->scenario = &sim_scenarios[seed % sim_n_scenarios];
    run->sky = &sim_skies[seed / sim_n_scenarios % sim_n_skies];
    run->outcome.scenario = run->scenario->name;
    run->outcome.sky = run->sky->name;
    run->dice.state = seed;
    run->loop = fake_loop_new(START, (RvlWallTime){WALL});
    run->network = sim_network_new(run->loop, &run->dice, &run->sky->weather);
    draw_circumstances(run);
    put_behind_nats(run);
}

static void
end(Run *run)
{
    sim_tally_faults(run->tally, run->network);
    sim_tally_troubles(run->tally, &run->troubles);
    for (int i = 0; i < 2; i++)
        g_clear_pointer(&run->hosts[i], sim_host_free);
    for (int i = 0; i < 2; i++) {
        g_clear_pointer(&run->snapshots[i], rvl_snapshot_unref);
        g_clear_pointer(&run->others[i], rvl_snapshot_unref);
    }
    sim_network_free(run->network);
    sim_plant_end(run->plant);
    fake_loop_free(run->loop);
}

void
sim_outcome_clear(SimOutcome *outcome)
{
    g_clear_pointer(&outcome->wrong, g_free);
}

SimOutcome
sim_run(SimPlant *plant, SimTally *tally, uint64_t seed, bool is_verbose)
{
    Run run = {.plant = plant, .tally = tally, .is_verbose = is_verbose};
    g_autoptr(GError) error = NULL;

    begin(&run, seed);
    sim_tally_begin(tally);
    if (!sim_plant_begin(plant, seed, run.loop, &error))
        is_wrong(&run, "%s", error->message);
    for (int i = 0; i < 2; i++) {
        run.snapshots[i] = compile(&run, i, "");
        run.others[i] = compile(&run, i, "fragmentation = no\n");
    }
    if (run.outcome.wrong == NULL)
        live(&run);
    end(&run);
    sim_tally_end(tally);
    return run.outcome;
}
