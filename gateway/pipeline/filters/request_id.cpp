#include "gateway/pipeline/filters/request_id.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/ascii.hpp"

namespace gatehouse::pipeline {

namespace {

constexpr std::string_view kField = "x-request-id";
constexpr std::size_t kBytesMax = 128;

constexpr auto kAllowed = [] {
    std::array<bool, 256> allowed{};
    for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:=+/@-")) {
        allowed[static_cast<unsigned char>(c)] = true;
    }
    return allowed;
}();

bool is_request_id(const http::Field& field) {
    return field.name.size() == kField.size() && ascii::header_names_fold_equal(field.name, kField);
}

}  // namespace

bool is_sane_request_id(std::string_view text) {
    return !text.empty() && text.size() <= kBytesMax &&
           std::all_of(text.begin(), text.end(), [](char c) { return kAllowed[static_cast<unsigned char>(c)]; });
}

Verdict RequestId::handle(Exchange& exchange) {
    auto& fields = exchange.request.fields;
    exchange.request_id.clear();
    if (peer_ == Peer::gateway || exchange.client.is_trusted_proxy) {
        const http::Field* own = http::find_field(fields, kField);
        if (own != nullptr && is_sane_request_id(own->value)) exchange.request_id.assign(own->value);
    }
    std::erase_if(fields, is_request_id);
    if (exchange.request_id.empty()) exchange.request_id.assign(Uuid7::generate().text());
    return Verdict::next;
}

}  // namespace gatehouse::pipeline
