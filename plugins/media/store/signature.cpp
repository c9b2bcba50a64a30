#include "plugins/media/store/signature.hpp"

#include <gatehouse/form.hpp>

#include <algorithm>
#include <map>

#include "plugins/media/store/digest.hpp"

namespace media {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

// Without white space around it, and with one space for each run of them.
std::string trim_all(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool is_space = c == ' ' || c == '\t';
        if (is_space && (out.empty() || out.back() == ' ')) continue;
        out += is_space ? ' ' : c;
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

std::string canonical_query(const SignedRequest& request) {
    std::vector<std::pair<std::string, std::string>> encoded;
    for (const auto& [name, value] : request.query) {
        encoded.emplace_back(gatehouse::percent_encode(name), gatehouse::percent_encode(value));
    }
    std::sort(encoded.begin(), encoded.end());
    std::string text;
    for (const auto& [name, value] : encoded) text.append(text.empty() ? "" : "&").append(name + "=" + value);
    return text;
}

// By lower-case name; the values of one name together, in their order.
std::map<std::string, std::string> canonical_headers(const SignedRequest& request) {
    std::map<std::string, std::string> fields;
    for (const auto& [name, value] : request.headers) {
        const auto [at, is_new] = fields.try_emplace(to_lower(name), trim_all(value));
        if (!is_new) at->second += "," + trim_all(value);
    }
    return fields;
}

std::string signed_headers(const SignedRequest& request) {
    std::string names;
    for (const auto& [name, value] : canonical_headers(request)) names.append(names.empty() ? "" : ";").append(name);
    return names;
}

std::string_view day_of(const SignedRequest& request) { return std::string_view(request.time).substr(0, 8); }

std::string scope(const SigningKey& key, const SignedRequest& request) {
    return std::string(day_of(request)) + "/" + key.region + "/" + key.service + "/aws4_request";
}

std::string signature(const SigningKey& key, const SignedRequest& request) {
    Digest chain = hmac_sha256("AWS4" + key.secret_key, day_of(request));
    for (const std::string_view part :
         {std::string_view(key.region), std::string_view(key.service), std::string_view("aws4_request")}) {
        chain = hmac_sha256(as_text(chain), part);
    }
    return to_hex(hmac_sha256(as_text(chain), string_to_sign(key, request)));
}

}  // namespace

std::string canonical_request(const SignedRequest& request) {
    std::string text = request.method + "\n" + request.path + "\n" + canonical_query(request) + "\n";
    for (const auto& [name, value] : canonical_headers(request)) text.append(name + ":" + value + "\n");
    return text + "\n" + signed_headers(request) + "\n" + request.payload_sha256;
}

std::string string_to_sign(const SigningKey& key, const SignedRequest& request) {
    return std::string(kAlgorithm) + "\n" + request.time + "\n" + scope(key, request) + "\n" +
           to_hex(sha256(canonical_request(request)));
}

std::string authorization(const SigningKey& key, const SignedRequest& request) {
    return std::string(kAlgorithm) + " Credential=" + key.access_key + "/" + scope(key, request) +
           ",SignedHeaders=" + signed_headers(request) + ",Signature=" + signature(key, request);
}

}  // namespace media
