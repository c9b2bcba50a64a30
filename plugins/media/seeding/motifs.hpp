// What the pictures of a plan show, as files.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "sdk/seed/seeder.hpp"

namespace media::seeding {

// What a row of `media` says of a picture that shows it.
struct Motif {
    std::string object_name, content_type;
    std::int64_t width = 0, height = 0, bytes = 0;
};

struct MotifFile {
    Motif motif;
    std::string bytes;
};
// A portrait is a PNG, a photo a JPEG. REQUIRES: number below world.pictures.motifs()
[[nodiscard]] MotifFile make_motif(const gatehouse::seed::World& world, std::int64_t number);

// Remembers what motifs are like, so that each is made once however many pictures show it. Thread-safe.
class Motifs final {
public:
    // As make_motif().
    [[nodiscard]] MotifFile make(const gatehouse::seed::World& world, std::int64_t number);
    [[nodiscard]] Motif of(const gatehouse::seed::World& world, std::int64_t number);

private:
    // What the pixels follow from.
    struct Key {
        std::int64_t seed = 0, number = 0;
        bool is_portrait = false;
        auto operator<=>(const Key&) const = default;
    };
    [[nodiscard]] static Key key_of(const gatehouse::seed::World& world, std::int64_t number);

    std::mutex mutex_;
    std::map<Key, Motif> motifs_;  // guarded by mutex_
};

}  // namespace media::seeding
