// The rules about images. Every function blocks.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/media/config.hpp"
#include "plugins/media/image/codec.hpp"
#include "plugins/media/media.hpp"
#include "plugins/media/store/store.hpp"
#include "plugins/media/turns.hpp"

namespace media {

// Which of an image's forms: itself, or a thumbnail.
struct Form {
    std::string key;                          // in the store; also what its entity tag is made of
    std::optional<std::uint32_t> width = {};  // empty: the image itself
    image::Shape shape = image::Shape::whole;
};

class MediaService final {
public:
    MediaService(gatehouse::Context& context, gatehouse::Database& database, const Config& config);

    void open() { store_->open(); }
    [[nodiscard]] std::filesystem::path scratch() const { return scratch_; }
    [[nodiscard]] std::uint64_t upload_bytes_max() const { return bytes_max_; }

    // Decodes what was sent, encodes it anew and keeps that. UnsupportedMediaType, Invalid.
    Media accept(const File& upload, const gatehouse::User& owner);

    // NotFound.
    [[nodiscard]] Media find(std::string_view id);
    [[nodiscard]] Batch batch(const BatchQuery& query);
    // Invalid for a width that is not offered.
    [[nodiscard]] Form form_of(const Media& media, const ThumbnailQuery& query) const;
    // A thumbnail is made when it is first asked for.
    [[nodiscard]] Mapping open(const Media& media, const Form& form);

    // Its owner only: Forbidden for others.
    void remove(std::string_view id, const gatehouse::User& user);

    // Takes out of the store what nothing refers to any more: after a process has died between two steps.
    void collect(const gatehouse::JobRun& run);

private:
    struct Encoded;
    Encoded encode_anew(std::string_view upload);
    void reserve(const std::string& object_name, const std::string& reservation);
    File make_thumbnail(const Media& media, const Form& form);
    void take_out(const std::string& object_name);
    [[nodiscard]] Form thumbnail_of(const std::string& object_name, std::uint32_t width, image::Shape shape) const;
    void wait_for_decoder();

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    const std::filesystem::path scratch_;
    const std::uint64_t bytes_max_;
    const image::Limits limits_;
    const std::vector<int> widths_;
    const std::unique_ptr<Store> store_;
    std::counting_semaphore<> decoders_;
    Turns thumbnails_;
    const gatehouse::Metric made_;
};

}  // namespace media
