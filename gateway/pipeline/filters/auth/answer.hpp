#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/config/model.hpp"
#include "gateway/http/message.hpp"
#include "gateway/pipeline/filters/auth/decision.hpp"

namespace gatehouse::pipeline {

inline constexpr std::size_t kVerifierBodyBytesMax = 64 * 1024;

// A verifier's answer, however it came.
struct VerifierAnswer {
    int status = 0;
    std::span<const http::Field> fields;  // names lower-case
    std::string_view body;
};

// Turns answers into decisions. 2xx lets the caller pass with the identity in the fields of `take`; 5xx and whatever
// cannot be read (an identity with control characters, twice, or too long) counts as no answer; everything else is the
// answer to the client, without hop-by-hop fields and with WWW-Authenticate if a 401 lacks it. Immutable.
class AnswerReader final {
public:
    explicit AnswerReader(const config::Authenticator& authenticator);

    void read(const VerifierAnswer& answer, std::int64_t unix_seconds, Decision& decision) const;

private:
    enum class Take : std::uint8_t { id, name, roles, session };
    struct TakenField {
        std::string name;  // lower-case
        Take as;
    };
    bool read_identity(std::span<const http::Field> fields, Identity& identity) const;
    Duration freshness(const VerifierAnswer& answer, std::int64_t unix_seconds, Duration limit) const;

    std::vector<TakenField> take_;
    Duration ttl_;
};

}  // namespace gatehouse::pipeline
