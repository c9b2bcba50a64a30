#include "plugins/media/media_service.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include <gatehouse/id.hpp>
#include <gatehouse/problem.hpp>

#include "plugins/media/leaver_repository.hpp"
#include "plugins/media/media_events.hpp"
#include "plugins/media/media_repository.hpp"
#include "plugins/media/store/configured_store.hpp"

namespace media {

using gatehouse::Transaction;
using namespace std::chrono_literals;

namespace {

constexpr auto kReservationLife = 5min;  // far more than putting an object takes
constexpr auto kDecoderPatience = 10s;
constexpr int kReserveAttempts = 50;
constexpr auto kReservePause = 20ms;

// What uuid7() makes. Anything else names nothing.
void check_id(std::string_view id) {
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-'; };
    if (id.size() != 36 || !std::all_of(id.begin(), id.end(), is_digit)) {
        throw gatehouse::NotFound("There is no such image.");
    }
}

}  // namespace

// An image as it is kept.
struct MediaService::Encoded {
    image::Format format;
    std::uint32_t width, height;
    std::string bytes;
};

MediaService::MediaService(gatehouse::Context& context, gatehouse::Database& database, Store& store, Removal& removal,
                           const Config& config)
    : context_(context),
      database_(database),
      store_(store),
      removal_(removal),
      scratch_(scratch_of(config)),
      bytes_max_(config.max_bytes),
      limits_{.pixels = config.max_pixels},
      widths_(config.widths),
      decoders_(config.decoders),
      made_(context.counter("images_total", "Images taken and thumbnails made", {"kind"})) {}

void MediaService::wait_for_decoder() {
    if (!decoders_.try_acquire_for(kDecoderPatience)) throw gatehouse::ServiceUnavailable(2s);
}

namespace {

// One of the decoders, held.
class Decoding final {
public:
    explicit Decoding(std::counting_semaphore<>& decoders) : decoders_(decoders) {}
    ~Decoding() { decoders_.release(); }
    Decoding(const Decoding&) = delete;
    Decoding& operator=(const Decoding&) = delete;

private:
    std::counting_semaphore<>& decoders_;
};

}  // namespace

// What is kept is made of pixels alone: no metadata, and nothing that was hidden in or behind the file.
MediaService::Encoded MediaService::encode_anew(std::string_view upload) {
    const auto sniffed = image::sniff(upload);
    if (!sniffed) throw gatehouse::UnsupportedMediaType("Only JPEG, PNG, WebP and GIF images are taken.");
    wait_for_decoder();
    const Decoding decoding(decoders_);
    const image::Raster raster = image::decode(*sniffed, upload, limits_);
    const auto quality = *sniffed == image::Format::webp ? image::quality_of_webp(upload) : image::Quality::lossy;
    const auto format = *sniffed == image::Format::gif ? image::Format::png : *sniffed;
    return {format, raster.width, raster.height, image::encode(format, raster, quality)};
}

void MediaService::reserve(const std::string& object_name, const std::string& reservation) {
    for (int attempt = 0; attempt < kReserveAttempts; ++attempt) {
        const auto until = context_.wall_time() + kReservationLife;
        const bool is_reserved =
            database_.write([&](Transaction& tx) { return repository::reserve(tx, object_name, reservation, until); });
        if (is_reserved) return;
        std::this_thread::sleep_for(kReservePause);  // the same content is being removed right now
    }
    throw gatehouse::ServiceUnavailable(1s);
}

Media MediaService::accept(const File& upload, const gatehouse::User& owner) {
    const Encoded encoded = encode_anew(Mapping(upload).bytes());
    Media media;
    media.id = gatehouse::uuid7();
    media.owner_id = owner.id;
    media.object_name = object_name_of(encoded.bytes, encoded.format);
    media.content_type = image::content_type(encoded.format);
    media.width = encoded.width;
    media.height = encoded.height;
    media.bytes = static_cast<std::int64_t>(encoded.bytes.size());
    media.created_at = context_.wall_time();
    reserve(media.object_name, media.id);
    store_.put(media.object_name, encoded.bytes, media.content_type);
    keep(media);
    made_.add(1, {"image"});
    return media;
}

void MediaService::keep(const Media& media) {
    using Names = std::vector<std::string>;
    bool is_kept = false;
    const auto unused = database_.write([&](Transaction& tx) -> std::optional<Names> {
        if (leavers::contain(tx, media.owner_id)) {
            repository::give_up(tx, media.id);
            return repository::let_go(tx, media.object_name, context_.wall_time()) ? Names{media.object_name} : Names();
        }
        is_kept = repository::keep(tx, media, media.id);
        if (is_kept) events::created(tx, media);
        return std::nullopt;
    });
    if (unused) {
        take_out(*unused);
        throw gatehouse::Forbidden("This account was deleted.");
    }
    if (!is_kept) throw gatehouse::ServiceUnavailable(1s);
}

Media MediaService::find(std::string_view id) {
    check_id(id);
    auto media = database_.read([&](Transaction& tx) { return repository::find(tx, id); });
    if (!media) throw gatehouse::NotFound("There is no such image.");
    return *std::move(media);
}

Batch MediaService::batch(const BatchQuery& query) {
    const auto found = database_.read([&](Transaction& tx) { return repository::find_all(tx, query.ids); });
    std::map<std::string_view, const Media*> by_id;
    for (const Media& media : found) by_id.emplace(media.id, &media);
    Batch batch;
    for (const std::string& id : query.ids) {
        const auto place = by_id.find(id);
        if (place == by_id.end()) continue;
        const Media& media = *place->second;
        batch.items.push_back({media.id, media.owner_id, media.url(), media.width, media.height, media.content_type});
        by_id.erase(place);
    }
    return batch;
}

Form MediaService::form_of(const Media& media, const ThumbnailQuery& query) const {
    if (!query.w) {
        if (query.square) throw gatehouse::Invalid::parameter("square", "needs w");
        return {media.object_name};
    }
    if (std::find(widths_.begin(), widths_.end(), *query.w) == widths_.end()) {
        std::string offered = "must be one of";
        for (const int width : widths_) offered += (width == widths_.front() ? " " : ", ") + std::to_string(width);
        throw gatehouse::Invalid::parameter("w", std::move(offered));
    }
    const auto width = static_cast<std::uint32_t>(*query.w);
    if (!query.square && width >= media.width) return {media.object_name};
    return thumbnail_of(media.object_name, width, query.square ? image::Shape::square : image::Shape::whole);
}

Mapping MediaService::open(const Media& media, const Form& form) {
    std::optional<File> file = store_.get(form.key);
    if (!file && form.width) file = make_thumbnail(media, form);
    if (!file) throw gatehouse::NotFound("There is no such image.");
    return Mapping(*file);
}

File MediaService::make_thumbnail(const Media& media, const Form& form) {
    const Turns::Turn turn(thumbnails_, form.key);
    if (auto made = store_.get(form.key)) return *std::move(made);
    const auto original = store_.get(media.object_name);
    if (!original) throw gatehouse::NotFound("There is no such image.");
    const auto format = image::format_of(media.content_type).value();
    {
        wait_for_decoder();
        const Decoding decoding(decoders_);
        const Mapping mapped(*original);
        const image::Raster raster = image::decode(format, mapped.bytes(), limits_);
        const auto smaller = image::thumbnail(raster, *form.width, form.shape);
        store_.put(form.key, image::encode(format, smaller), media.content_type);
    }
    made_.add(1, {"thumbnail"});
    auto file = store_.get(form.key);
    // Deleted meanwhile: then whoever did so may have looked for thumbnails before this one was there.
    const auto is_left = database_.read([&](Transaction& tx) { return repository::find(tx, media.id).has_value(); });
    if (!is_left) store_.remove(form.key);
    if (!is_left || !file) throw gatehouse::NotFound("There is no such image.");
    return *std::move(file);
}

void MediaService::remove(std::string_view id, const gatehouse::User& user) {
    check_id(id);
    const auto unused = database_.write([&](Transaction& tx) {
        const auto media = repository::lock(tx, id);
        if (!media) throw gatehouse::NotFound("There is no such image.");
        if (media->owner_id != user.id) throw gatehouse::Forbidden("Only its owner may delete an image.");
        return removal_.remove(tx, {*media});
    });
    take_out(unused);
}

void MediaService::take_out(const std::vector<std::string>& object_names) {
    try {
        removal_.take_out(object_names);
    } catch (const std::exception& error) {  // what refers to them is gone; the collector will try again
        context_.log().warn("an image is left in the store for now",
                            {{"object", object_names.front()}, {"error", error.what()}});
    }
}

}  // namespace media
