// Response to gh_response.
#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/response.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::detail {

// Borrows the response's headers; its body is moved into a block that the host releases.
class ReplyView {
public:
    explicit ReplyView(Response& response);
    [[nodiscard]] const gh_response* get() const { return &reply_; }

private:
    std::vector<gh_kv> headers_;
    gh_response reply_{};
};

// application/problem+json.
[[nodiscard]] Response to_response(const Problem& problem, std::string_view request_id);

// A hand-over of a string's octets; empty needs no release.
[[nodiscard]] gh_bytes to_bytes(std::string text);
// Likewise of octets that somebody else keeps.
[[nodiscard]] gh_bytes to_bytes(std::shared_ptr<const void> owner, std::string_view bytes);

}  // namespace gatehouse::detail
