// RE2 behind plain C: just what LabelMatcher, relabeling and label_replace need.
#ifndef MARTLET_CRE2_H
#define MARTLET_CRE2_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cre2_pattern cre2_pattern;

/// Compiles a pattern with Go's defaults: UTF-8, Perl classes, `.` matches newline when
/// `dot_matches_newline`. Never NULL: ask `cre2_error`. `memory_bytes_max` bounds program and DFA.
cre2_pattern *_Nonnull cre2_compile(const char *_Nonnull pattern, size_t length,
                                    bool dot_matches_newline, int64_t memory_bytes_max);
void cre2_free(cre2_pattern *_Nonnull pattern);

/// The compile error, NUL-terminated, or NULL when the pattern is good. Lives as long as the pattern.
const char *_Nullable cre2_error(const cre2_pattern *_Nonnull pattern);

/// The number of capture groups without the whole match.
int cre2_group_count(const cre2_pattern *_Nonnull pattern);

/// The number of the group with this name, or -1.
int cre2_group_number(const cre2_pattern *_Nonnull pattern, const char *_Nonnull name, size_t length);

/// Matches the whole text. Linear in the length of text.
bool cre2_full_match(const cre2_pattern *_Nonnull pattern, const char *_Nullable text, size_t length);

/// Finds the first match at or after `start`, anchored at both ends when `anchored`. Fills
/// `groups[2*i]` and `groups[2*i+1]` with the byte offsets of group i (0 = whole match), or -1, -1
/// for a group that took no part; `group_count` counts the pairs including the whole match.
bool cre2_match(const cre2_pattern *_Nonnull pattern, const char *_Nullable text, size_t length,
                size_t start, bool anchored, ptrdiff_t *_Nonnull groups, int group_count);

#ifdef __cplusplus
}
#endif
#endif
