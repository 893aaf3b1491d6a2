// RE2::Set for callers that speak C. Every pattern is anchored at both ends by itself.

#include <cstddef>
#include <cstdint>

#include <re2/re2.h>
#include <re2/set.h>

extern "C" {

// A compiled set, or null if a pattern is refused or the set takes more than max_mem bytes.
RE2::Set *re2_set_new(const char *const *patterns, const size_t *lengths, size_t count, int64_t max_mem) {
    RE2::Options options(RE2::Quiet);
    options.set_encoding(RE2::Options::EncodingLatin1);
    options.set_never_capture(true);
    options.set_max_mem(max_mem);
    RE2::Set *set = new RE2::Set(options, RE2::ANCHOR_BOTH);
    for (size_t i = 0; i < count; i++) {
        if (set->Add(re2::StringPiece(patterns[i], lengths[i]), nullptr) < 0) {
            delete set;
            return nullptr;
        }
    }
    if (!set->Compile()) {
        delete set;
        return nullptr;
    }
    return set;
}

// 1 if any pattern matches, 0 if none does, -1 if the automaton outgrew its memory.
int re2_set_is_match(const RE2::Set *set, const char *text, size_t length) {
    RE2::Set::ErrorInfo error;
    if (set->Match(re2::StringPiece(text, length), nullptr, &error)) {
        return 1;
    }
    return error.kind == RE2::Set::kNoError ? 0 : -1;
}

void re2_set_free(RE2::Set *set) { delete set; }
}
