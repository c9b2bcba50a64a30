// What this service tells others; the subject is "media/<id>".
#pragma once

#include <string>

#include <gatehouse/publish.hpp>

#include "plugins/media/media.hpp"

namespace media::events {

struct MediaCreated {
    std::string id;
    std::int64_t owner_id = 0, width = 0, height = 0, bytes = 0;
    std::string content_type;
};
constexpr auto describe(MediaCreated*) {
    return fields(field("id", &MediaCreated::id), field("owner_id", &MediaCreated::owner_id),
                  field("width", &MediaCreated::width), field("height", &MediaCreated::height),
                  field("bytes", &MediaCreated::bytes), field("content_type", &MediaCreated::content_type));
}

struct MediaDeleted {
    std::string id;
    std::int64_t owner_id = 0;
};
constexpr auto describe(MediaDeleted*) {
    return fields(field("id", &MediaDeleted::id), field("owner_id", &MediaDeleted::owner_id));
}

inline void created(gatehouse::Transaction& tx, const Media& media) {
    const MediaCreated event{media.id, media.owner_id, media.width, media.height, media.bytes, media.content_type};
    tx.publish("media.created", event, "media/" + media.id);
}
inline void deleted(gatehouse::Transaction& tx, const Media& media) {
    tx.publish("media.deleted", MediaDeleted{media.id, media.owner_id}, "media/" + media.id);
}

}  // namespace media::events
