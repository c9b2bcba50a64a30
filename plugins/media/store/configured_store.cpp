#include "plugins/media/store/configured_store.hpp"

#include <utility>

#include "plugins/media/store/local_store.hpp"
#include "plugins/media/store/s3_store.hpp"

namespace media {

std::unique_ptr<Store> configured_store(const Config& config) {
    if (!config.s3) return std::make_unique<LocalStore>(config.directory);
    const S3Options& s3 = *config.s3;
    S3Config bucket{s3.endpoint, s3.bucket, s3.region, s3.access_key, s3.secret_key, s3.prefix, s3.timeout};
    return std::make_unique<S3Store>(std::move(bucket), scratch_of(config));
}

}  // namespace media
