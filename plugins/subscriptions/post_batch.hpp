// The question that `posts` answers for feeds: some posts, as far as a user may see them.
#pragma once

#include <cstdint>
#include <vector>

#include <gatehouse/call.hpp>

namespace subscriptions {

struct PostIds {
    std::vector<std::int64_t> ids;
};
constexpr auto describe(PostIds*) { return gatehouse::fields(gatehouse::field("ids", &PostIds::ids)); }

inline gatehouse::CallRequest ask_for_posts(std::vector<std::int64_t> ids) {
    return gatehouse::CallRequest::json("POST", "/api/posts/batch", PostIds{std::move(ids)});
}

}  // namespace subscriptions
