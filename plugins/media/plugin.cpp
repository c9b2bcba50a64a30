// media: images. What it builds, its routes, its events and its jobs.
#include <gatehouse/ext/lease.h>

#include <memory>
#include <string>
#include <vector>

#include <gatehouse/events.hpp>
#include <gatehouse/service.hpp>
#include <gatehouse/storage_support.hpp>

#include "migrations.hpp"
#include "plugins/media/account_events.hpp"
#include "plugins/media/config.hpp"
#include "plugins/media/departures.hpp"
#include "plugins/media/media_handlers.hpp"
#include "plugins/media/removal.hpp"
#include "plugins/media/seeding/parts.hpp"
#include "plugins/media/store/configured_store.hpp"
#include "plugins/media/upload_handler.hpp"

namespace media {

using namespace gatehouse::literals;
using namespace std::chrono_literals;

class MediaPlugin final : public gatehouse::Service {
public:
    static constexpr std::string_view description = "Images: taken, made safe, kept, and shown in several sizes";
    static constexpr const char* needs[] = {GH_EXT_LEASE, nullptr};
    using Config = media::Config;

    MediaPlugin(gatehouse::Context& context, const Config& config)
        : database_({.url = config.database, .service = "media"}, migrations()),
          events_(context, database_, config.events),
          store_(configured_store(config)),
          removal_(context, database_, *store_, config.widths),
          service_(context, database_, *store_, removal_, config),
          handlers_(service_),
          upload_(context, service_),
          accounts_(context),
          departures_(context, database_, removal_),
          seeder_(context, database_, &seeding::is_empty, seeding::parts(context, database_, *store_)) {
        gatehouse::map_storage_errors(context);
        declare_upload(context, config);
        context.get("/api/media/{id}", handlers_, &MediaHandlers::show)
            .summary("An image, or a thumbnail of it")
            .param("id", "the image's id")
            .reads_field("If-None-Match", "entity tags that the client has; 304 if one is current")
            .reads_field("Range", "bytes=first-last: a part of it")
            .reads_field("If-Range", "the entity tag without which all of it is sent")
            .gives(200, "image/jpeg")
            .gives(200, "image/png")
            .gives(200, "image/webp")
            .gives(206, "image/jpeg")
            .gives(206, "image/png")
            .gives(206, "image/webp")
            .gives(304)
            .sends_field(200, "ETag", "of this form of the image")
            .sends_field(206, "ETag", "of this form of the image")
            .sends_field(206, "Content-Range", "which part it is")
            .sends_field(304, "ETag", "of this form of the image")
            .refuses({404, 416});
        context.post("/api/media/batch", handlers_, &MediaHandlers::batch)
            .internal()
            .max_body(16_KiB)
            .summary("What is known about some images");
        context.del("/api/media/{id}", handlers_, &MediaHandlers::remove)
            .requires_user()
            .summary("Deletes an image of one's own")
            .param("id", "the image's id")
            .refuses({403, 404});
        context.on("user.status_changed", accounts_, &AccountEvents::status_changed);
        context.every("collect", 1min, removal_, &Removal::collect);
        context.every("remove what deleted accounts leave", 10s, departures_, &Departures::clean_up).at_start();
    }

    void start() override {
        store_->open();
        database_.open();
    }
    void stop() override { database_.close(); }
    std::vector<gatehouse::MigrationStep> migration_status() override { return gatehouse::migration_steps(database_); }
    std::vector<gatehouse::MigrationStep> migrate() override { return gatehouse::apply_migrations(database_); }

private:
    void declare_upload(gatehouse::Context& context, const Config& config) {
        constexpr std::string_view kForm =
            R"({"type":"object","properties":{"file":{"type":"string","format":"binary"}},"required":["file"]})";
        context.post("/api/media", upload_, &UploadHandler::post)
            .requires_user()
            .on_loop()
            .stream_in()
            .max_body(config.max_bytes + 64_KiB)  // what a form puts around the file
            .timeout(2min)
            .max_in_flight(256)
            .summary("Takes an image: JPEG, PNG, WebP or GIF, told by its content")
            .takes("multipart/form-data", kForm)
            .takes("image/*")
            .takes("application/octet-stream")
            .gives<MediaView>(201)
            .sends_field(201, "Location", "where the image is")
            .refuses({400, 403, 413, 415, 422});
    }

    gatehouse::Database database_;
    gatehouse::Events events_;
    const std::unique_ptr<Store> store_;
    Removal removal_;
    MediaService service_;
    MediaHandlers handlers_;
    UploadHandler upload_;
    AccountEvents accounts_;
    Departures departures_;
    gatehouse::seed::Seeder seeder_;
};

}  // namespace media

GATEHOUSE_PLUGIN(media::MediaPlugin, "media", "1.0.0");
