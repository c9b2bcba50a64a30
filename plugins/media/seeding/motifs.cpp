#include "plugins/media/seeding/motifs.hpp"

#include <utility>

#include "plugins/media/form.hpp"
#include "plugins/media/image/codec.hpp"
#include "plugins/media/seeding/painting.hpp"

namespace media::seeding {

using gatehouse::seed::World;

// Photos are numbered from the first one: a larger plan of the same seed has the same ones, and more.
Motifs::Key Motifs::key_of(const World& world, std::int64_t number) {
    const bool is_portrait = world.pictures.is_portrait(number);
    return {world.people.plan().seed, number - (is_portrait ? 0 : world.pictures.portraits()), is_portrait};
}

MotifFile make_motif(const World& world, std::int64_t number) {
    const auto seed = static_cast<std::uint64_t>(world.people.plan().seed);
    const bool is_portrait = world.pictures.is_portrait(number);
    const auto format = is_portrait ? image::Format::png : image::Format::jpeg;
    const image::Raster raster =
        is_portrait ? paint_portrait(seed, number) : paint_landscape(seed, number - world.pictures.portraits());
    MotifFile file;
    file.bytes = image::encode(format, raster);
    file.motif.object_name = object_name_of(file.bytes, format);
    file.motif.content_type = image::content_type(format);
    file.motif.width = raster.width;
    file.motif.height = raster.height;
    file.motif.bytes = std::ssize(file.bytes);
    return file;
}

MotifFile Motifs::make(const World& world, std::int64_t number) {
    MotifFile file = make_motif(world, number);
    const std::scoped_lock lock(mutex_);
    motifs_.insert_or_assign(key_of(world, number), file.motif);
    return file;
}

Motif Motifs::of(const World& world, std::int64_t number) {
    {
        const std::scoped_lock lock(mutex_);
        const auto known = motifs_.find(key_of(world, number));
        if (known != motifs_.end()) return known->second;
    }
    return make(world, number).motif;
}

}  // namespace media::seeding
