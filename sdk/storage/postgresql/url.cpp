#include "sdk/storage/postgresql/url.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace gatehouse::storage::postgresql {

namespace {

constexpr std::size_t kIdentifierMax = 63;

void check_schema(std::string_view schema) {
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    const bool digit_first = !schema.empty() && schema.front() >= '0' && schema.front() <= '9';
    if (schema.empty() || schema.size() > kIdentifierMax || digit_first || !std::ranges::all_of(schema, allowed)) {
        throw std::invalid_argument("postgresql URL: a schema is named with a-z, 0-9 and _ only");
    }
}

std::string encode(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (plain) {
            result += c;
        } else {
            result += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
        }
    }
    return result;
}

}  // namespace

Location parse_url(const DatabaseOptions& options) {
    std::string_view url = options.url;
    const auto question = url.find('?');
    std::string_view query = question == std::string_view::npos ? std::string_view() : url.substr(question + 1);
    Location location{std::string(url.substr(0, question)), {}};
    std::vector<std::string> items;
    const auto has = [&items](std::string_view key) {
        return std::ranges::any_of(
            items, [key](const std::string& item) { return item.starts_with(key) && item[key.size()] == '='; });
    };
    while (!query.empty()) {
        const auto ampersand = query.find('&');
        const std::string_view item = query.substr(0, ampersand);
        if (item.starts_with("schema=")) {
            location.schema = item.substr(7);
            check_schema(location.schema);
        } else if (!item.empty()) {
            items.emplace_back(item);
        }
        query = ampersand == std::string_view::npos ? std::string_view() : query.substr(ampersand + 1);
    }
    const auto patience = options.statement_timeout + std::chrono::seconds(10);
    if (!has("connect_timeout")) items.emplace_back("connect_timeout=5");
    if (!has("tcp_user_timeout")) items.push_back("tcp_user_timeout=" + std::to_string(patience.count()));
    if (!has("client_encoding")) items.emplace_back("client_encoding=UTF8");
    if (!has("application_name")) items.push_back("application_name=gatehouse-" + encode(options.service));
    for (std::size_t i = 0; i < items.size(); ++i) location.url += (i == 0 ? "?" : "&") + items[i];
    return location;
}

}  // namespace gatehouse::storage::postgresql
