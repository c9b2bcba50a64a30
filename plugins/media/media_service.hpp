// The rules about images. Every function blocks.
#pragma once

#include <filesystem>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/media/config.hpp"
#include "plugins/media/form.hpp"
#include "plugins/media/image/codec.hpp"
#include "plugins/media/media.hpp"
#include "plugins/media/removal.hpp"
#include "plugins/media/store/store.hpp"
#include "plugins/media/turns.hpp"

namespace media {

class MediaService final {
public:
    MediaService(gatehouse::Context& context, gatehouse::Database& database, Store& store, Removal& removal,
                 const Config& config);

    [[nodiscard]] std::filesystem::path scratch() const { return scratch_; }
    [[nodiscard]] std::uint64_t upload_bytes_max() const { return bytes_max_; }

    // Decodes what was sent, encodes it anew and keeps that. UnsupportedMediaType, Invalid; Forbidden when the owner's
    // account was deleted meanwhile.
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

private:
    struct Encoded;
    Encoded encode_anew(std::string_view upload);
    void reserve(const std::string& object_name, const std::string& reservation);
    // An account that was deleted meanwhile keeps nothing: Forbidden.
    void keep(const Media& media);
    File make_thumbnail(const Media& media, const Form& form);
    void wait_for_decoder();
    void take_out(const std::vector<std::string>& object_names);

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    Store& store_;
    Removal& removal_;
    const std::filesystem::path scratch_;
    const std::uint64_t bytes_max_;
    const image::Limits limits_;
    const std::vector<int> widths_;
    std::counting_semaphore<> decoders_;
    Turns thumbnails_;
    const gatehouse::Metric made_;
};

}  // namespace media
