#include "cre2.h"

#include <re2/re2.h>

#include <memory>
#include <string>
#include <vector>

struct cre2_pattern {
    std::unique_ptr<RE2> re;
    std::string error;
};

extern "C" {

cre2_pattern *cre2_compile(const char *pattern, size_t length, bool dot_matches_newline,
                           int64_t memory_bytes_max) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(dot_matches_newline);
    options.set_max_mem(memory_bytes_max);
    auto *result = new cre2_pattern;
    result->re = std::make_unique<RE2>(re2::StringPiece(pattern, length), options);
    if (!result->re->ok()) result->error = result->re->error();
    return result;
}

void cre2_free(cre2_pattern *pattern) { delete pattern; }

const char *cre2_error(const cre2_pattern *pattern) {
    return pattern->re->ok() ? nullptr : pattern->error.c_str();
}

int cre2_group_count(const cre2_pattern *pattern) {
    return pattern->re->NumberOfCapturingGroups();
}

int cre2_group_number(const cre2_pattern *pattern, const char *name, size_t length) {
    const auto &named = pattern->re->NamedCapturingGroups();
    auto found = named.find(std::string(name, length));
    return found == named.end() ? -1 : found->second;
}

bool cre2_full_match(const cre2_pattern *pattern, const char *text, size_t length) {
    return pattern->re->Match(re2::StringPiece(text, length), 0, length, RE2::ANCHOR_BOTH, nullptr,
                              0);
}

bool cre2_match(const cre2_pattern *pattern, const char *text, size_t length, size_t start,
                bool anchored, ptrdiff_t *groups, int group_count) {
    if (start > length) return false;
    re2::StringPiece input(text, length);
    std::vector<re2::StringPiece> found(static_cast<size_t>(group_count));
    const auto anchor = anchored ? RE2::ANCHOR_BOTH : RE2::UNANCHORED;
    if (!pattern->re->Match(input, start, length, anchor, found.data(), group_count)) return false;
    for (int i = 0; i < group_count; i++) {
        if (found[i].data() == nullptr) {
            groups[2 * i] = groups[2 * i + 1] = -1;
        } else {
            groups[2 * i] = found[i].data() - input.data();
            groups[2 * i + 1] = groups[2 * i] + static_cast<ptrdiff_t>(found[i].size());
        }
    }
    return true;
}
}
