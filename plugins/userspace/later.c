/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One record for each answer that is under way. */
#include "config.h"

#include "later.h"

typedef struct Answer Answer;
struct Answer {
    void (*give)(const Answer *answer);
    union {
        RvlDone done;
        RvlInterfaceDone interface;
        RvlEndpointDone endpoint;
        RvlSpisDone spis;
        RvlCountersDone counters;
        RvlStandingDone standing;
    } call;
    void *user_data;
    Plane *plane;
    GError *error;
    char name[IFNAMSIZ];
    uint32_t index;
    bool reads;
    GArray *array;
};

static void
give(void *data)
{
    g_autofree Answer *answer = data;

    answer->give(answer);
    g_clear_error(&answer->error);
    g_clear_pointer(&answer->array, g_array_unref);
    plane_unref(answer->plane);
}

static Answer *
answer_new(Plane *plane, void (*call)(const Answer *), void *user_data, GError *error)
{
    Answer *answer = g_new0(Answer, 1);

    answer->give = call;
    answer->user_data = user_data;
    answer->plane = plane_ref(plane);
    answer->error = error;
    return answer;
}

static void
post(Answer *answer)
{
    const RvlHost *host = answer->plane->host;

    host->invoke(host->context, give, answer);
}

static void
give_done(const Answer *answer)
{
    answer->call.done(answer->error, answer->user_data);
}

void
later_done(Plane *plane, RvlDone done, void *user_data, GError *error)
{
    Answer *answer = answer_new(plane, give_done, user_data, error);

    answer->call.done = done;
    post(answer);
}

static void
give_interface(const Answer *answer)
{
    answer->call.interface(answer->error == NULL ? answer->name : NULL, answer->index,
                           answer->error, answer->user_data);
}

void
later_interface(Plane *plane, RvlInterfaceDone done, void *user_data, const Tun *tun, GError *error)
{
    Answer *answer = answer_new(plane, give_interface, user_data, error);

    answer->call.interface = done;
    if (tun != NULL) {
        g_strlcpy(answer->name, tun->name, sizeof answer->name);
        answer->index = tun->index;
    }
    post(answer);
}

static void
give_endpoint(const Answer *answer)
{
    answer->call.endpoint(answer->reads, answer->error, answer->user_data);
}

void
later_endpoint(Plane *plane, RvlEndpointDone done, void *user_data, bool reads, GError *error)
{
    Answer *answer = answer_new(plane, give_endpoint, user_data, error);

    answer->call.endpoint = done;
    answer->reads = reads;
    post(answer);
}

static void
give_spis(const Answer *answer)
{
    answer->call.spis((const uint32_t *)(const void *)answer->array->data,
                      answer->error == NULL ? answer->array->len : 0, answer->error,
                      answer->user_data);
}

void
later_spis(Plane *plane, RvlSpisDone done, void *user_data, GArray *spis, GError *error)
{
    Answer *answer = answer_new(plane, give_spis, user_data, error);

    answer->call.spis = done;
    answer->array = spis;
    post(answer);
}

static void
give_counters(const Answer *answer)
{
    const GArray *array = answer->array;

    answer->call.counters(array != NULL ? (const RvlSaCounters *)(const void *)array->data : NULL,
                          array != NULL ? array->len : 0, sizeof(RvlSaCounters), answer->error,
                          answer->user_data);
}

void
later_counters(Plane *plane, RvlCountersDone done, void *user_data, GArray *counters, GError *error)
{
    Answer *answer = answer_new(plane, give_counters, user_data, error);

    answer->call.counters = done;
    answer->array = counters;
    post(answer);
}

static void
give_standing(const Answer *answer)
{
    answer->call.standing((const RvlStanding *)(const void *)answer->array->data,
                          answer->array->len, sizeof(RvlStanding), answer->error,
                          answer->user_data);
}

void
later_standing(Plane *plane, RvlStandingDone done, void *user_data, GArray *standing)
{
    Answer *answer = answer_new(plane, give_standing, user_data, NULL);

    answer->call.standing = done;
    answer->array = standing;
    post(answer);
}
