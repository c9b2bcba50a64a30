#include "plugins/posts/stemmer.hpp"

#include <libstemmer.h>

#include <new>

namespace posts {

namespace {

enum class Script { latin, cyrillic, other };

Script script_of(std::string_view folded) {
    const CodePoint first = code_point_at(folded, 0);
    if (first.value >= 'a' && first.value <= 'z') return Script::latin;
    return first.value >= 0x430 && first.value <= 0x45F ? Script::cyrillic : Script::other;
}

}  // namespace

void Stemmer::Delete::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

Stemmer::Stemmer() : english_(sb_stemmer_new("english", "UTF_8")), russian_(sb_stemmer_new("russian", "UTF_8")) {
    if (!english_ || !russian_) throw std::bad_alloc();
}

std::string Stemmer::stem(std::string_view folded) {
    if (folded.empty()) return {};
    const Script script = script_of(folded);
    if (script == Script::other) return std::string(folded);
    sb_stemmer* const stemmer = script == Script::latin ? english_.get() : russian_.get();
    const auto* word = reinterpret_cast<const sb_symbol*>(folded.data());
    const sb_symbol* stem = sb_stemmer_stem(stemmer, word, static_cast<int>(folded.size()));
    if (stem == nullptr) throw std::bad_alloc();
    const int length = sb_stemmer_length(stemmer);
    if (length <= 0) return std::string(folded);
    return {reinterpret_cast<const char*>(stem), static_cast<std::size_t>(length)};
}

std::vector<std::string> Stemmer::stems_of(std::string_view text) {
    std::vector<std::string> stems;
    for (const Word& word : words_of(text)) stems.push_back(stem(word.folded));
    return stems;
}

}  // namespace posts
