// Translates requests for pictures of users into calls of media and of AvatarService.
#pragma once

#include <cstdint>
#include <memory>

#include <gatehouse/context.hpp>
#include <gatehouse/handler.hpp>

#include "plugins/users/avatar_service.hpp"

namespace users {

struct AvatarQuery {
    int size = 256;
};
constexpr bool is_avatar_size(int size) { return size == 64 || size == 256; }
constexpr auto describe(AvatarQuery*) {
    return fields(field("size", &AvatarQuery::size, gatehouse::optional_default,
                        gatehouse::satisfies(&is_avatar_size, "must be 64 or 256"),
                        gatehouse::description("64 or 256: the side of the square, in pixels")));
}

class AvatarHandlers final {
public:
    AvatarHandlers(gatehouse::Context& context, AvatarService& service) : context_(context), service_(service) {}

    // On the loop: the picture passes through to media as it arrives, piece by piece.
    gatehouse::task<> put(gatehouse::StreamingRequest request);
    gatehouse::NoContent remove(const User& user);
    gatehouse::Response show(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id,
                             gatehouse::Query<AvatarQuery> query);

private:
    struct Passing;
    struct Pieces;
    gatehouse::task<gatehouse::Response> pass_on(std::shared_ptr<Passing> passing);

    gatehouse::Context& context_;
    AvatarService& service_;
};

}  // namespace users
