// A bucket of S3 or of anything that speaks like it (MinIO, Ceph, Garage), over libcurl. Signed by signature.hpp.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "plugins/media/store/signature.hpp"
#include "plugins/media/store/store.hpp"

namespace media {

struct S3Config {
    std::string endpoint;  // "https://s3.eu-central-1.amazonaws.com", "http://127.0.0.1:9000"
    std::string bucket;
    std::string region = "us-east-1";
    std::string access_key, secret_key;
    std::string prefix;  // in front of every key: "media/"
    std::chrono::milliseconds timeout{30'000};
};

// Objects come down into files without a name in `scratch`. A request that meets no answer, or 5xx, is repeated twice.
class S3Store final : public Store {
public:
    // Throws std::invalid_argument for an endpoint that is no http:// or https:// URL. No I/O.
    S3Store(S3Config config, std::filesystem::path scratch);
    ~S3Store() override;

    void open() override;
    void put(const std::string& key, std::string_view bytes, std::string_view content_type) override;
    [[nodiscard]] std::optional<File> get(const std::string& key) override;
    void remove(const std::string& key) override;

private:
    struct Request;
    class Connections;

    int perform(const Request& request);
    int attempt(const Request& request);
    [[nodiscard]] std::string path_of(const std::string& key) const;

    const S3Config config_;
    const std::filesystem::path scratch_;
    const SigningKey signing_key_;
    std::string host_;  // with the port, as in the Host field
    std::unique_ptr<Connections> connections_;
};

}  // namespace media
