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
#include "plugins/media/quota.hpp"
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

    // Throws the quota's refusal if this user may not keep any more whatever it is; before there is anything to decode.
    void check_room(const gatehouse::User& owner);
    // Decodes what was sent, encodes it anew and keeps that. UnsupportedMediaType, Invalid; the quota's refusal;
    // Forbidden when the owner's account was deleted meanwhile.
    Media accept(const File& upload, const gatehouse::User& owner);

    // NotFound.
    [[nodiscard]] Media find(std::string_view id);
    [[nodiscard]] Batch batch(const BatchQuery& query);
    [[nodiscard]] UsageView usage(const gatehouse::User& user);
    // Invalid for a width that is not offered.
    [[nodiscard]] Form form_of(const Media& media, const ThumbnailQuery& query) const;
    // A thumbnail is made when it is first asked for.
    [[nodiscard]] Mapping open(const Media& media, const Form& form);

    // Its owner only: Forbidden for others.
    void remove(std::string_view id, const gatehouse::User& user);

private:
    struct Encoded;
    struct Ending;
    Encoded encode_anew(std::string_view upload);
    // As repository::reserve(), under the id of the image. What is over the quota already never comes to the store.
    void reserve(const Media& media);
    // An account that was deleted meanwhile keeps nothing, nor does one whose quota is used up: they are refused.
    void keep(const Media& media);
    Ending end(gatehouse::Transaction& tx, const Media& media);
    Ending undo(gatehouse::Transaction& tx, const Media& media, gatehouse::Problem refusal);
    File make_thumbnail(const Media& media, const Form& form);
    void wait_for_decoder();
    void take_out(const std::vector<std::string>& object_names);

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    Store& store_;
    Removal& removal_;
    const std::filesystem::path scratch_;
    const std::uint64_t bytes_max_;
    const Quota quota_;
    const image::Limits limits_;
    const std::vector<int> widths_;
    std::counting_semaphore<> decoders_;
    Turns thumbnails_;
    const gatehouse::Metric made_;
};

}  // namespace media
