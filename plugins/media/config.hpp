// What an operator can set.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/describe.hpp>
#include <gatehouse/events.hpp>

namespace media {

using gatehouse::field;
using gatehouse::fields;

struct S3Options {
    std::string endpoint, bucket, region = "us-east-1";
    std::string access_key, secret_key;
    std::string prefix;
    std::chrono::milliseconds timeout{30'000};
};
constexpr auto describe(S3Options*) {
    using gatehouse::description;
    using gatehouse::min_length;
    using gatehouse::optional_default;
    return fields(
        field("endpoint", &S3Options::endpoint, min_length(1), description("https://HOST[:PORT], or http://")),
        field("bucket", &S3Options::bucket, min_length(1)),
        field("region", &S3Options::region, optional_default, min_length(1)),
        field("access_key", &S3Options::access_key, min_length(1)),
        field("secret_key", &S3Options::secret_key, min_length(1), description("a reference: file: or env:")),
        field("prefix", &S3Options::prefix, optional_default, description("in front of every key: media/")),
        field("timeout", &S3Options::timeout, optional_default, description("of one request")));
}

struct Config {
    std::string database = "sqlite:var/data/media.db";
    std::string directory = "var/data/media";
    std::optional<S3Options> s3;
    std::uint64_t max_bytes = 10 * 1024 * 1024;
    std::uint64_t max_pixels = 40'000'000;
    int decoders = 2;
    std::vector<int> widths{64, 128, 256, 512, 1024};
    gatehouse::EventOptions events;
};
constexpr auto describe(Config*) {
    using gatehouse::description;
    using gatehouse::maximum;
    using gatehouse::minimum;
    using gatehouse::optional_default;
    return fields(field("database", &Config::database, optional_default,
                        description("sqlite:FILE or postgresql://…?schema=media")),
                  field("directory", &Config::directory, optional_default, gatehouse::min_length(1),
                        description("where images are kept; with s3: for what is on its way only")),
                  field("s3", &Config::s3, description("keep images in a bucket instead")),
                  field("max_bytes", &Config::max_bytes, optional_default, minimum(1), maximum(256 * 1024 * 1024),
                        description("of one file that is sent")),
                  field("max_pixels", &Config::max_pixels, optional_default, minimum(1), maximum(200'000'000),
                        description("width × height; each takes 4 octets of memory while the image is decoded")),
                  field("decoders", &Config::decoders, optional_default, minimum(1), maximum(256),
                        description("images that are worked on at a time")),
                  field("widths", &Config::widths, optional_default, gatehouse::min_items(1), gatehouse::max_items(16),
                        gatehouse::each(minimum(16), maximum(4096)), description("of thumbnails: what ?w= may be")),
                  field("events", &Config::events, optional_default));
}

}  // namespace media
