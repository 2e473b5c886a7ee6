# SPDX-License-Identifier: LGPL-2.1-or-later
# The switch that each plugin has, and the summary at the end of configure.

# RVL_PLUGIN_SWITCH(NAME, DESCRIPTION, [CONDITION], [REASON]): --disable-NAME. Where the shell's CONDITION
# doesn't hold, the plugin is left out for REASON; asking for it by --enable-NAME is then an error.
# Sets the conditional PLUGIN_NAME, with _ for - and in capitals.
AC_DEFUN([RVL_PLUGIN_SWITCH], [
  m4_pushdef([rvl_word], [m4_translit([$1], [-], [_])])
  AC_ARG_ENABLE([$1], [AS_HELP_STRING([--disable-$1], [leave out the plugin $1: $2])],
    [], [AS_VAR_SET([enable_]rvl_word, [auto])])
  m4_ifval([$3], [AS_IF([$3], [], [
    AS_VAR_IF([enable_]rvl_word, [yes], [AC_MSG_ERROR([--enable-$1: $4])])
    AS_VAR_SET([enable_]rvl_word, [no])])])
  AS_VAR_IF([enable_]rvl_word, [no], [AS_VAR_APPEND([rvl_plugins_off], [" $1"])], [AS_VAR_APPEND([rvl_plugins_on], [" $1"])])
  AM_CONDITIONAL([PLUGIN_]m4_toupper(rvl_word), [test "$[enable_]rvl_word" != no])
  m4_popdef([rvl_word])
])

# RVL_SUMMARY: what will be built.
AC_DEFUN([RVL_SUMMARY], [
  AC_MSG_NOTICE([
ravelin $PACKAGE_VERSION, contract $CONTRACT_MAJOR.$CONTRACT_MINOR
  compiler          $CC $CFLAGS
  crypto backends  $rvl_backends
  plugins          ${rvl_plugins_on:- none}
  left out         ${rvl_plugins_off:- none}
  sanitizers        $enable_sanitizers
  fuzzers           $enable_fuzzers
  coverage          $enable_coverage
])
])
