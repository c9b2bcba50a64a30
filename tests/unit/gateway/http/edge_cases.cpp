#include "tests/unit/gateway/http/edge_cases.hpp"

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace gatehouse::http::testing {

namespace {

namespace json = boost::json;

const json::object& document() {
    static const json::value value = [] {
        std::ifstream file(GATEHOUSE_HTTP_EDGE_CASES);
        if (!file) throw std::runtime_error("cannot open " GATEHOUSE_HTTP_EDGE_CASES);
        return json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
    }();
    return value.as_object();
}

// In the file, each character up to U+00FF is one octet.
std::string octets_of(const json::string& text) {
    std::string octets;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            octets.push_back(text[i]);
        } else {
            octets.push_back(static_cast<char>((lead << 6) | (text[++i] & 0x3f)));
        }
    }
    return octets;
}

// "repeat:TEXT:N", and names that stand for values made elsewhere.
std::string value_of_macro(const std::string& macro) {
    constexpr std::string_view kRepeat = "repeat:";
    if (!macro.starts_with(kRepeat)) return "value-of-" + macro;
    const std::size_t colon = macro.rfind(':');
    const std::string text = macro.substr(kRepeat.size(), colon - kRepeat.size());
    std::string repeated;
    for (int left = std::stoi(macro.substr(colon + 1)); left > 0; --left) repeated += text;
    return repeated;
}

std::string expand(std::string text) {
    for (std::size_t open = 0; (open = text.find("{{", open)) != std::string::npos;) {
        const std::size_t close = text.find("}}", open);
        const std::string value = value_of_macro(text.substr(open + 2, close - open - 2));
        text.replace(open, close + 2 - open, value);
        open += value.size();
    }
    return text;
}

std::set<int> accepted_statuses(const json::object& row, const std::string& expected) {
    std::set<int> statuses;
    if (const auto* listed = row.if_contains("accept_status")) {
        for (const auto& status : listed->as_array()) statuses.insert(static_cast<int>(status.as_int64()));
    } else if (expected.starts_with("reject-")) {
        statuses.insert(std::stoi(expected.substr(7)));
    }
    return statuses;
}

std::string text_member(const json::object& row, std::string_view name) {
    const auto* value = row.if_contains(name);
    return value == nullptr ? std::string() : octets_of(value->as_string());
}

}  // namespace

const std::vector<EdgeCase>& edge_cases() {
    static const std::vector<EdgeCase> cases = [] {
        std::vector<EdgeCase> result;
        for (const auto& value : document().at("cases").as_array()) {
            const auto& row = value.as_object();
            const std::string expected = text_member(row, "expected");
            result.push_back({text_member(row, "name"), expand(text_member(row, "raw")), expected,
                              accepted_statuses(row, expected)});
        }
        return result;
    }();
    return cases;
}

const std::vector<UpstreamCase>& upstream_cases() {
    static const std::vector<UpstreamCase> cases = [] {
        std::vector<UpstreamCase> result;
        for (const auto& value : document().at("upstream_responses").as_array()) {
            const auto& row = value.as_object();
            result.push_back({text_member(row, "name"), expand(text_member(row, "raw_response")),
                              text_member(row, "expected"), text_member(row, "request") == "HEAD"});
        }
        return result;
    }();
    return cases;
}

}  // namespace gatehouse::http::testing
