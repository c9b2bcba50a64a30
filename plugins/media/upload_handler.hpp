// POST /api/media: takes a file as it arrives, on the event loop; what blocks goes to the workers.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/handler.hpp>

#include "plugins/media/media_service.hpp"

namespace media {

class UploadHandler final {
public:
    UploadHandler(gatehouse::Context& context, MediaService& service) : context_(context), service_(service) {}

    gatehouse::task<> post(gatehouse::StreamingRequest request);

private:
    gatehouse::task<gatehouse::Response> receive(gatehouse::StreamingRequest& request);

    gatehouse::Context& context_;
    MediaService& service_;
};

}  // namespace media
