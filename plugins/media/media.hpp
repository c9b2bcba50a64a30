// An image that somebody has sent, and the shapes in which it goes out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/describe.hpp>
#include <gatehouse/time.hpp>

#include "plugins/media/image/resize.hpp"

namespace media {

using gatehouse::field;
using gatehouse::fields;
using gatehouse::Time;

struct Media {
    std::string id;  // UUIDv7
    std::int64_t owner_id = 0;
    std::string object_name;  // in the store: the content's SHA-256 and an extension
    std::string content_type;
    std::int64_t width = 0, height = 0, bytes = 0;
    Time created_at{};

    [[nodiscard]] std::string url() const { return "/api/media/" + id; }
};

// Its answer to who sent it.
struct MediaView {
    std::string id, url;
    std::int64_t width = 0, height = 0, bytes = 0;
    std::string content_type;
};
constexpr auto describe(MediaView*) {
    return fields(field("id", &MediaView::id, gatehouse::uuid), field("url", &MediaView::url),
                  field("width", &MediaView::width), field("height", &MediaView::height),
                  field("bytes", &MediaView::bytes), field("content_type", &MediaView::content_type));
}
inline MediaView to_view(const Media& media) {
    return {media.id, media.url(), media.width, media.height, media.bytes, media.content_type};
}

// POST /api/media/batch: what other services ask about images that they are to show.
inline constexpr std::size_t kBatchMax = 100;

struct BatchQuery {
    std::vector<std::string> ids;
};
constexpr auto describe(BatchQuery*) {
    return fields(field("ids", &BatchQuery::ids, gatehouse::max_items(kBatchMax), gatehouse::each(gatehouse::uuid)));
}

struct BatchItem {
    std::string id;
    std::int64_t owner_id = 0;
    std::string url;
    std::int64_t width = 0, height = 0;
    std::string content_type;
};
constexpr auto describe(BatchItem*) {
    return fields(field("id", &BatchItem::id, gatehouse::uuid), field("owner_id", &BatchItem::owner_id),
                  field("url", &BatchItem::url), field("width", &BatchItem::width), field("height", &BatchItem::height),
                  field("content_type", &BatchItem::content_type));
}

// In the order that was asked for, each once; what does not exist is left out.
struct Batch {
    std::vector<BatchItem> items;
};
constexpr auto describe(Batch*) { return fields(field("items", &Batch::items)); }

// GET /api/media/{id}: the image, or a smaller one.
struct ThumbnailQuery {
    std::optional<int> w;
    bool square = false;
};
constexpr auto describe(ThumbnailQuery*) {
    return fields(field("w", &ThumbnailQuery::w, gatehouse::minimum(1),
                        gatehouse::description("at most so wide: one of the configured widths, 64 to 1024 by default")),
                  field("square", &ThumbnailQuery::square, gatehouse::optional_default,
                        gatehouse::description("the middle of the image, as wide as high; with w")));
}

}  // namespace media
