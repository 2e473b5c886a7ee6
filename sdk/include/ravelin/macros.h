/* SPDX-License-Identifier: MIT */
/* Compiler attributes that the contract's headers use. */
#pragma once

#include <glib.h>

/**
 * RVL_HAS:
 * @s: (nullable): a sized struct that crossed the contract's border
 * @field: a field of it
 *
 * Whether the other side's struct is long enough to hold @field. A field beyond the other side's
 * size is absent and must not be read (contract version rules: fields are only ever appended).
 */
#define RVL_HAS(s, field)                                                                          \
    ((s) != NULL && (s)->size >= offsetof(__typeof__(*(s)), field) + sizeof((s)->field))

/**
 * RVL_HAS_CALL:
 *
 * As RVL_HAS(), and the function pointer is set.
 */
#define RVL_HAS_CALL(s, field) (RVL_HAS(s, field) && (s)->field != NULL)

/**
 * RVL_STRIDE:
 * @base: (nullable): the first element of an array that crossed the border
 * @stride: octets from one element to the next, as its maker knows the element
 * @i: index
 *
 * Arrays cross the border with a stride, since the two sides may know elements of other lengths.
 */
#define RVL_STRIDE(base, stride, i)                                                                \
    ((__typeof__(base))((const char *)(base) + (size_t)(stride) * (size_t)(i)))
