#include <algorithm>

#include "gateway/base/ascii.hpp"
#include "gateway/config/object_reader.hpp"
#include "gateway/config/path_pattern.hpp"
#include "gateway/config/reading.hpp"
#include "gateway/config/suggest.hpp"

namespace gatehouse::config {

namespace {

constexpr std::string_view kCookiePrefix = "cookie:";

class AuthenticatorReader final {
public:
    AuthenticatorReader(const Node& key, const Node& node, Reading& reading)
        : reading_(reading), report_(reading.report), object_(node, schema::authenticator, reading.report) {
        result_.name = key.text;
    }

    void read() {
        if (const Node* forward = object_.find("forward")) read_forward(*forward);
        read_send();
        read_take();
        if (const Node* cache = object_.find("cache")) read_cache(*cache);
        result_.allow_if_down = object_.choice("if_down") == "allow";
        object_.read("recheck", result_.recheck);
        if (!object_.is_map()) return;
        reading_.configuration.authenticators.emplace(result_.name, std::move(result_));
    }

private:
    void read_forward(const Node& node) {
        const ObjectReader forward(node, schema::forward, report_);
        forward.read("to", result_.forward.to);
        forward.read("path", result_.forward.path);
        forward.read("timeout", result_.forward.timeout);
        const Node* to = forward.find("to");
        if (to != nullptr && !result_.forward.to.empty()) {
            check_reference(*to, codes::unknown_service, "service", "services", reading_.service_names, reading_);
        }
        const Node* path = forward.find("path");
        if (path == nullptr || result_.forward.path.empty()) return;
        const auto pattern = parse_path_pattern(result_.forward.path);
        if (!pattern) {
            report_.add(codes::bad_path, *path, pattern.error().message, {}, pattern.error().help);
        } else if (pattern->has_tail || result_.forward.path.find('{') != std::string::npos) {
            report_.add(codes::bad_path, *path, "the verifier has one path, not a pattern");
        }
    }

    void read_send() {
        result_.send = {"authorization", "cookie"};
        const Node* node = object_.find("send");
        if (node == nullptr) return;
        result_.send.clear();
        for (const Node* item : read_string_list(*node, "send", report_)) {
            const std::string name = read_field_name(*item, report_);
            if (!name.empty()) result_.send.push_back(name);
        }
    }

    void read_take() {
        const std::vector<std::string>& identity = reading_.configuration.gateway.identity_headers;
        const Node* node = object_.find("take");
        if (node == nullptr) {
            result_.take = identity;
            return;
        }
        for (const Node* item : read_string_list(*node, "take", report_)) {
            if (read_field_name(*item, report_).empty()) continue;
            const bool is_known = std::any_of(identity.begin(), identity.end(), [item](const std::string& name) {
                return ascii::header_names_fold_equal(name, item->text);
            });
            if (is_known) {
                result_.take.push_back(item->text);
                continue;
            }
            std::string help = did_you_mean(item->text, identity);
            if (help.empty()) help = "add " + item->text + " to identity_headers under gateway:";
            report_.add(codes::not_identity_header, *item, quoted(item->text) + " is not an identity header",
                        "a client could send it as well", help);
        }
    }

    void read_cache(const Node& node) {
        const ObjectReader cache(node, schema::decision_cache, report_);
        cache.read("ttl", result_.cache_ttl);
        const Node* by = cache.find("by");
        if (by == nullptr) {
            result_.cache_by = result_.send;
            return;
        }
        for (const Node* item : read_string_list(*by, "by", report_)) {
            if (item->text.starts_with(kCookiePrefix) && item->text.size() > kCookiePrefix.size()) {
                result_.cache_by.push_back(item->text);
            } else if (std::string name = read_field_name(*item, report_); !name.empty()) {
                result_.cache_by.push_back(std::move(name));
            }
        }
        check_cache_covers(*by);
    }

    // Two callers who differ in something that the verifier looks at must not share a decision.
    void check_cache_covers(const Node& by) {
        for (const std::string& name : result_.send) {
            const bool is_covered =
                std::any_of(result_.cache_by.begin(), result_.cache_by.end(), [&](const std::string& key) {
                    return key == name || (name == "cookie" && key.starts_with(kCookiePrefix));
                });
            if (is_covered) continue;
            report_.add(codes::cache_key_incomplete, by,
                        "the verifier sees " + quoted(name) + ", but cached decisions do not depend on it",
                        "one caller could get the decision about another",
                        "add " + name + " to by:, or take it out of send:");
        }
    }

    Reading& reading_;
    Report& report_;
    ObjectReader object_;
    Authenticator result_;
};

}  // namespace

void read_authenticators(const Node& node, Reading& reading) {
    for_each_named(node, "auth", reading.report, [&reading](const Node& key, const Node& value) {
        reading.authenticator_names.emplace(key.text, key.position);
        if (check_name(key, "an authenticator", reading.report)) AuthenticatorReader(key, value, reading).read();
    });
}

}  // namespace gatehouse::config
