#include "plugins/auth/token_json.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>

namespace auth {

namespace json = boost::json;

// Receives the parser's events. Only the values of the outermost object are kept; deeper ones are only checked.
class TokenObjectBuilder {
public:
    static constexpr std::size_t max_object_size = 64;
    static constexpr std::size_t max_array_size = 64;
    static constexpr std::size_t max_key_size = 1024;
    static constexpr std::size_t max_string_size = 8192;

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }

    bool on_object_begin(json::error_code& error) {
        if (levels_.empty() && began_) return refuse(error);
        began_ = true;
        note_other();
        levels_.push_back({.is_object = true, .names = {}});
        return true;
    }
    bool on_object_end(std::size_t, json::error_code&) { return leave(); }
    bool on_array_begin(json::error_code& error) {
        if (levels_.empty()) return refuse(error);
        if (levels_.size() == 1) {
            keep(std::vector<std::string>{});
        } else {
            note_other();
        }
        levels_.push_back({.is_object = false, .names = {}});
        return true;
    }
    bool on_array_end(std::size_t, json::error_code&) { return leave(); }

    bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return append(part); }
    bool on_key(json::string_view part, std::size_t, json::error_code& error) {
        append(part);
        auto& names = levels_.back().names;
        if (++members_ > 64 || std::find(names.begin(), names.end(), text_) != names.end()) return refuse(error);
        names.push_back(text_);
        if (levels_.size() == 1) object_.members_.emplace_back(std::move(text_), OtherJson{});
        text_.clear();
        return true;
    }

    bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return append(part); }
    bool on_string(json::string_view part, std::size_t, json::error_code& error) {
        if (levels_.empty()) return refuse(error);
        append(part);
        if (levels_.size() == 1) {
            keep(std::move(text_));
        } else if (levels_.size() == 2 && !levels_.back().is_object) {
            if (auto* list = std::get_if<std::vector<std::string>>(&object_.members_.back().second)) {
                list->push_back(std::move(text_));
            }
        }
        text_.clear();
        return true;
    }

    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t value, json::string_view, json::error_code& error) {
        if (levels_.empty()) return refuse(error);
        if (levels_.size() == 1) {
            keep(value);
        } else {
            note_other();
        }
        return true;
    }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code& error) { return other(error); }
    bool on_double(double, json::string_view, json::error_code& error) { return other(error); }
    bool on_bool(bool, json::error_code& error) { return other(error); }
    bool on_null(json::error_code& error) { return other(error); }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

    TokenObject take() { return std::move(object_); }

private:
    struct Level {
        bool is_object;
        std::vector<std::string> names;
    };

    static bool refuse(json::error_code& error) {
        error = json::error::syntax;
        return false;
    }
    bool append(json::string_view part) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool other(json::error_code& error) {
        if (levels_.empty()) return refuse(error);
        note_other();
        return true;
    }
    // A list that holds anything but text is no list of texts.
    void note_other() {
        if (levels_.size() == 2 && !levels_.back().is_object) keep(OtherJson{});
    }
    void keep(TokenValue value) { object_.members_.back().second = std::move(value); }
    bool leave() {
        levels_.pop_back();
        return true;
    }

    TokenObject object_;
    std::vector<Level> levels_;
    std::string text_;
    std::size_t members_ = 0;
    bool began_ = false;
};

std::optional<TokenObject> TokenObject::parse(std::string_view text) {
    json::parse_options options;
    options.max_depth = 8;
    json::basic_parser<TokenObjectBuilder> parser(options);
    json::error_code error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (error || !parser.done() || used != text.size()) return std::nullopt;
    return parser.handler().take();
}

const TokenValue* TokenObject::find(std::string_view name) const {
    for (const auto& [member, value] : members_) {
        if (member == name) return &value;
    }
    return nullptr;
}

std::string json_quoted(std::string_view text) { return json::serialize(json::string_view(text.data(), text.size())); }

}  // namespace auth
