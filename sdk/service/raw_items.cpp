// CallResponse::raw_items(): where the elements of an array begin and end.
#include <gatehouse/call.hpp>

#include <algorithm>
#include <array>

#include "sdk/service/json_tree.hpp"

namespace gatehouse {

namespace {

// A set of characters; std::string_view::find_first_of() asks anew for each one.
class Characters {
public:
    constexpr explicit Characters(std::string_view members) {
        for (const char c : members) is_member_[static_cast<unsigned char>(c)] = true;
    }
    // Where the next one is, or the end.
    std::size_t next(std::string_view text, std::size_t at) const {
        while (at < text.size() && !is_member_[static_cast<unsigned char>(text[at])]) ++at;
        return at;
    }

private:
    std::array<bool, 256> is_member_{};
};

constexpr Characters kEndOfWord(",:]}[{\" \t\r\n"), kInNested("\"{}[]");

// Walks over JSON without reading it. False: this cannot be JSON.
class Walk {
public:
    explicit Walk(std::string_view text) : text_(text) {}

    bool take(char c) {
        skip_space();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool is_at_end() {
        skip_space();
        return at_ == text_.size();
    }
    // The next value, or member name, as it stands.
    bool value(std::string_view& out) {
        skip_space();
        const std::size_t start = at_;
        if (at_ == text_.size()) return false;
        const char first = text_[at_];
        const bool is_fine = first == '"' ? string() : first == '{' || first == '[' ? nested() : word();
        out = text_.substr(start, at_ - start);
        return is_fine;
    }

private:
    void skip_space() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n'))
            ++at_;
    }
    bool word() {
        const std::size_t start = at_;
        at_ = kEndOfWord.next(text_, at_);
        return at_ > start;
    }
    // Mostly there is no backslash: then two quick looks find the end.
    bool string() {
        const std::size_t start = ++at_;
        at_ = std::min(text_.find('"', at_), text_.size());
        if (text_.substr(start, at_ - start).find('\\') != text_.npos) {
            at_ = start;
            while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
        }
        if (at_ >= text_.size()) return false;
        ++at_;
        return true;
    }
    bool nested() {
        std::array<char, detail::kJsonDepthMax> closing{};
        std::size_t depth = 0;
        do {
            at_ = kInNested.next(text_, at_);
            if (at_ >= text_.size()) return false;
            const char c = text_[at_];
            if (c == '"') {
                if (!string()) return false;
                continue;
            }
            ++at_;
            if (c == '{' || c == '[') {
                if (depth == closing.size()) return false;
                closing[depth++] = c == '{' ? '}' : ']';
            } else if (closing[--depth] != c) {
                return false;
            }
        } while (depth > 0);
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

bool take_items(Walk& walk, std::vector<RawJson>& items) {
    if (!walk.take('[')) return false;
    if (walk.take(']')) return true;
    do {
        std::string_view item;
        if (!walk.value(item)) return false;
        items.push_back({std::string(item)});
    } while (walk.take(','));
    return walk.take(']');
}

bool find_items(std::string_view object, std::string_view member, std::vector<RawJson>& items) {
    Walk walk(object);
    bool is_found = false;
    if (!walk.take('{') || walk.take('}')) return false;
    do {
        std::string_view name, value;
        if (!walk.value(name) || name.size() < 2 || name.front() != '"' || !walk.take(':')) return false;
        if (name.substr(1, name.size() - 2) != member) {
            if (!walk.value(value)) return false;
        } else {
            if (is_found || !take_items(walk, items)) return false;
            is_found = true;
        }
    } while (walk.take(','));
    return is_found && walk.take('}') && walk.is_at_end();
}

}  // namespace

std::vector<RawJson> CallResponse::raw_items(std::string_view member) const {
    require_ok();
    std::vector<RawJson> items;
    if (!find_items(body, member, items)) {
        throw CallFailed(GH_E_INVALID, "the other service's answer has no array \"" + std::string(member) + "\"");
    }
    return items;
}

}  // namespace gatehouse
