/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store that holds nothing: something for test plugins to provide. */
#pragma once

#include <ravelin/plugin.h>
#include <ravelin/store.h>

static inline void
empty_get(void *self, const char *key, RvlStoreDone done, void *user_data)
{
    done(NULL, false, NULL, user_data);
}

static inline void
empty_put(void *self,
          const char *key,
          const RvlOctets *value,
          uint64_t generation,
          RvlStoreDone done,
          void *user_data)
{
    done(NULL, false, NULL, user_data);
}

static inline void
empty_remove(void *self, const char *key, RvlStoreDone done, void *user_data)
{
    done(NULL, false, NULL, user_data);
}

#define EMPTY_STORE(word)                                                                          \
    {                                                                                              \
        sizeof(RvlStore), (word), empty_get, empty_put, empty_remove                               \
    }
