#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/model.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::pipeline {

// The question that a verifier gets: a GET without a body that carries the fields of `send:` and what the gateway knows
// of the request itself, nothing else. Owns its text: it outlives the exchange. Reuse keeps the capacity.
class VerifyRequest final {
public:
    void build(const Exchange& exchange, const config::Authenticator& authenticator);

    std::string_view path() const { return path_; }
    std::string_view query() const { return query_; }  // of the configured path; mostly empty
    std::string_view target() const { return target_; }
    std::string_view authority() const { return authority_; }
    std::string_view remote_address() const { return remote_address_; }
    std::string_view request_id() const { return request_id_; }
    std::string_view trace_parent() const { return trace_parent_; }
    const std::vector<http::Field>& fields() const { return fields_; }

private:
    std::string_view keep(std::string_view text);
    void add(std::string_view static_name, std::string_view kept_value) {
        fields_.push_back({static_name, kept_value});
    }

    std::string text_;  // reserved before views into it are made
    std::vector<http::Field> fields_;
    std::string_view target_, path_, query_, authority_, remote_address_, request_id_, trace_parent_;
};

}  // namespace gatehouse::pipeline
