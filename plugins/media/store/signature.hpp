// AWS Signature Version 4, the Authorization field: how S3 and what speaks like it know who asks.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace media {

struct SigningKey {
    std::string access_key, secret_key, region, service;
};

struct SignedRequest {
    std::string method;
    std::string path = "/";                                    // as sent: percent-encoded
    std::vector<std::pair<std::string, std::string>> query;    // decoded
    std::vector<std::pair<std::string, std::string>> headers;  // all that are to be signed, Host among them
    std::string payload_sha256;                                // hexadecimal
    std::string time;                                          // "20130524T000000Z"; also the x-amz-date that is sent
};

// Of the empty payload.
inline constexpr std::string_view kEmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// The steps, for tests; and the value of the Authorization field.
[[nodiscard]] std::string canonical_request(const SignedRequest& request);
[[nodiscard]] std::string string_to_sign(const SigningKey& key, const SignedRequest& request);
[[nodiscard]] std::string authorization(const SigningKey& key, const SignedRequest& request);

}  // namespace media
