# SPDX-License-Identifier: LGPL-2.1-or-later
# The C dialect, the kind of build (sanitizers, fuzzers, coverage), warnings and hardening flags.

# RVL_TRY_CFLAG(VARIABLE, FLAG): appends FLAG to VARIABLE where the compiler takes it.
AC_DEFUN([RVL_TRY_CFLAG], [
  AS_VAR_PUSHDEF([cached], [rvl_cv_cflag_$2])
  AC_CACHE_CHECK([whether $CC takes $2], [cached], [
    rvl_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $2"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET([cached], [yes])], [AS_VAR_SET([cached], [no])])
    CFLAGS=$rvl_saved_CFLAGS])
  AS_VAR_IF([cached], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([cached])
])

# RVL_TRY_LDFLAG(VARIABLE, FLAG): the same for the linker.
AC_DEFUN([RVL_TRY_LDFLAG], [
  AS_VAR_PUSHDEF([cached], [rvl_cv_ldflag_$2])
  AC_CACHE_CHECK([whether the linker takes $2], [cached], [
    rvl_saved_LDFLAGS=$LDFLAGS
    LDFLAGS="$LDFLAGS $2"
    AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET([cached], [yes])], [AS_VAR_SET([cached], [no])])
    LDFLAGS=$rvl_saved_LDFLAGS])
  AS_VAR_IF([cached], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([cached])
])

# RVL_C_DIALECT: C17 with GNU extensions, or the end of configure.
AC_DEFUN([RVL_C_DIALECT], [
  rvl_dialect=
  RVL_TRY_CFLAG([rvl_dialect], [-std=gnu17])
  AS_IF([test -z "$rvl_dialect"], [AC_MSG_ERROR([$CC doesn't know -std=gnu17: gcc 8 or clang 6 and newer do])])
  CC="$CC$rvl_dialect"
])

# RVL_BUILD_KIND: the switches that make a build for developers.
AC_DEFUN([RVL_BUILD_KIND], [
  AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers], [build with AddressSanitizer and UndefinedBehaviorSanitizer])],
    [], [enable_sanitizers=no])
  AC_ARG_ENABLE([fuzzers], [AS_HELP_STRING([--enable-fuzzers], [build the fuzz targets with clang's libFuzzer])],
    [], [enable_fuzzers=no])
  AC_ARG_ENABLE([coverage], [AS_HELP_STRING([--enable-coverage], [build for make coverage: which lines the tests run])],
    [], [enable_coverage=no])
  INSTRUMENT_FLAGS=
  AS_IF([test "$enable_sanitizers" != no],
    [INSTRUMENT_FLAGS="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"])
  AS_IF([test "$enable_fuzzers" != no], [
    rvl_fuzzer=
    RVL_TRY_CFLAG([rvl_fuzzer], [-fsanitize=fuzzer-no-link])
    AS_IF([test -z "$rvl_fuzzer"], [AC_MSG_ERROR([--enable-fuzzers needs clang with libFuzzer: configure CC=clang])])
    INSTRUMENT_FLAGS="$INSTRUMENT_FLAGS$rvl_fuzzer"])
  AS_IF([test "$enable_coverage" != no], [INSTRUMENT_FLAGS="$INSTRUMENT_FLAGS --coverage"])
  AC_SUBST([INSTRUMENT_FLAGS])
  AM_CONDITIONAL([COVERAGE], [test "$enable_coverage" != no])
  AM_CONDITIONAL([SANITIZERS], [test "$enable_sanitizers" != no])
  AM_CONDITIONAL([FUZZERS], [test "$enable_fuzzers" != no])
])

# RVL_WARNINGS: what we hold the sources to; --enable-werror makes each warning an error.
AC_DEFUN([RVL_WARNINGS], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [treat warnings as errors (for developers)])],
    [], [enable_werror=no])
  WARNING_CFLAGS=
  m4_foreach_w([rvl_flag], [-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
      -Wpointer-arith -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough
      -Wlogical-op -Wduplicated-cond -Wnull-dereference -Wdate-time -Wno-unused-parameter
      -Wno-missing-field-initializers],
    [RVL_TRY_CFLAG([WARNING_CFLAGS], m4_defn([rvl_flag]))])
  AS_IF([test "$enable_werror" != no], [WARNING_CFLAGS="$WARNING_CFLAGS -Werror"])
  AC_SUBST([WARNING_CFLAGS])
])

# RVL_HARDENING: what makes an exploit harder, as far as the toolchain has it. FORTIFY needs an optimising
# build and doesn't mix with the sanitizers, which do its work better.
AC_DEFUN([RVL_HARDENING], [
  HARDENING_CFLAGS=
  HARDENING_CPPFLAGS=
  HARDENING_LDFLAGS=
  m4_foreach_w([rvl_flag], [-fstack-protector-strong -fstack-clash-protection -fcf-protection=full
      -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks -fno-strict-overflow],
    [RVL_TRY_CFLAG([HARDENING_CFLAGS], m4_defn([rvl_flag]))])
  m4_foreach([rvl_flag], [[-Wl,-z,relro], [-Wl,-z,now], [-Wl,-z,noexecstack]],
    [RVL_TRY_LDFLAG([HARDENING_LDFLAGS], m4_defn([rvl_flag]))])
  AC_MSG_CHECKING([whether to ask for FORTIFY])
  AS_CASE([$CFLAGS], [*-O0*|*-Og*], [rvl_fortify=no], [*-O*], [rvl_fortify=yes], [rvl_fortify=no])
  AS_IF([test "$enable_sanitizers$enable_fuzzers" != nono], [rvl_fortify=no])
  AS_IF([test $rvl_fortify = yes], [
    AC_PREPROC_IFELSE([AC_LANG_PROGRAM([[
#ifdef _FORTIFY_SOURCE
#error set already
#endif
]])], [HARDENING_CPPFLAGS="-D_FORTIFY_SOURCE=2"], [rvl_fortify="set already"])])
  AC_MSG_RESULT([$rvl_fortify])
  AC_SUBST([HARDENING_CFLAGS])
  AC_SUBST([HARDENING_CPPFLAGS])
  AC_SUBST([HARDENING_LDFLAGS])
])
