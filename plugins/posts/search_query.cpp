#include "plugins/posts/search_query.hpp"

#include <algorithm>

#include <gatehouse/problem.hpp>

#include "plugins/posts/stemmer.hpp"
#include "plugins/posts/words.hpp"

namespace posts {

namespace {

bool is_space(char32_t c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || (c >= 0x2000 && c <= 0x200A); }

// " “ ” „ « »
bool is_quotation_mark(char32_t c) {
    return c == '"' || c == 0x201C || c == 0x201D || c == 0x201E || c == 0xAB || c == 0xBB;
}

bool is_minus(char32_t c) { return c == '-' || c == 0x2212; }

// Cuts the text into pieces: a quotation, or what stands between spaces.
class Pieces {
public:
    explicit Pieces(std::string_view text) : text_(text) {}

    struct Piece {
        std::string_view text;
        bool is_excluded = false;
    };
    // False: no more.
    bool next(Piece& piece) {
        skip_spaces();
        if (at_ == text_.size()) return false;
        piece.is_excluded = false;
        while (at_ < text_.size() && is_minus(peek().value)) {
            piece.is_excluded = true;
            at_ += peek().length;
        }
        if (at_ < text_.size() && is_quotation_mark(peek().value)) {
            at_ += peek().length;
            piece.text = take_until([](char32_t c) { return is_quotation_mark(c); });
            if (at_ < text_.size()) at_ += peek().length;
        } else {
            piece.text = take_until([](char32_t c) { return is_space(c) || is_quotation_mark(c); });
        }
        return true;
    }

private:
    CodePoint peek() const { return code_point_at(text_, at_); }
    void skip_spaces() {
        while (at_ < text_.size() && is_space(peek().value)) at_ += peek().length;
    }
    template <class Ends>
    std::string_view take_until(Ends ends) {
        const std::size_t begin = at_;
        while (at_ < text_.size() && !ends(peek().value)) at_ += peek().length;
        return text_.substr(begin, at_ - begin);
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

[[noreturn]] void refuse(const char* detail) { throw gatehouse::Invalid::parameter("q", detail); }

void append_fts5(std::string& text, const SearchTerm& term) {
    text += '"';
    for (const std::string& stem : term.stems) text += (text.back() == '"' ? "" : " ") + stem;
    text += '"';
}

void append_tsquery(std::string& text, const SearchTerm& term) {
    if (!text.empty()) text += " & ";
    text += term.is_excluded ? "!(" : "(";
    for (const std::string& stem : term.stems) text += (text.back() == '(' ? "'" : " <-> '") + stem + "'";
    text += ')';
}

}  // namespace

std::string SearchQuery::to_fts5() const {
    std::string wanted;
    for (const SearchTerm& term : terms) {
        if (term.is_excluded) continue;
        if (!wanted.empty()) wanted += " AND ";
        append_fts5(wanted, term);
    }
    std::string excluded;
    for (const SearchTerm& term : terms) {
        if (!term.is_excluded) continue;
        if (!excluded.empty()) excluded += " OR ";
        append_fts5(excluded, term);
    }
    return excluded.empty() ? wanted : "(" + wanted + ") NOT (" + excluded + ")";
}

std::string SearchQuery::to_tsquery() const {
    std::string text;
    for (const SearchTerm& term : terms) append_tsquery(text, term);
    return text;
}

SearchQuery parse_search_query(std::string_view text) {
    SearchQuery query;
    Stemmer stemmer;
    std::size_t word_count = 0;
    Pieces pieces(text);
    Pieces::Piece piece;
    while (pieces.next(piece)) {
        SearchTerm term{stemmer.stems_of(piece.text), piece.is_excluded};
        if (term.stems.empty()) continue;
        word_count += term.stems.size();
        query.terms.push_back(std::move(term));
        if (query.terms.size() > kQueryTermsMax || word_count > kQueryWordsMax) refuse("has too many words");
    }
    const auto is_wanted = [](const SearchTerm& term) { return !term.is_excluded; };
    if (std::none_of(query.terms.begin(), query.terms.end(), is_wanted)) refuse("must hold a word to look for");
    return query;
}

}  // namespace posts
