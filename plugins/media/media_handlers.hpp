// Translates requests for images into calls of MediaService and back.
#pragma once

#include <string>

#include <gatehouse/handler.hpp>

#include "plugins/media/media_service.hpp"

namespace media {

class MediaHandlers final {
public:
    explicit MediaHandlers(MediaService& service) : service_(service) {}

    gatehouse::Response show(const gatehouse::Request& request, gatehouse::PathParam<std::string> id,
                             gatehouse::Query<ThumbnailQuery> query);
    Batch batch(const BatchQuery& query);
    gatehouse::NoContent remove(const gatehouse::User& user, gatehouse::PathParam<std::string> id);

private:
    MediaService& service_;
};

}  // namespace media
