#include "plugins/media/store/s3_store.hpp"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <thread>

#include <gatehouse/form.hpp>
#include <gatehouse/problem.hpp>

#include "plugins/media/store/digest.hpp"

namespace media {

namespace {

constexpr int kAttempts = 3;
constexpr std::chrono::milliseconds kPause{100};
constexpr std::chrono::milliseconds kConnectTimeout{5'000};

std::string time_of_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[17];
    return {text, std::strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &parts)};
}

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using FieldList = std::unique_ptr<curl_slist, FreeList>;

void append(FieldList& list, const std::string& line) {
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(list.release());
    list.reset(longer);
}

// What goes up.
struct Upload {
    std::string_view rest;
};
std::size_t read_upload(char* to, std::size_t size, std::size_t count, void* context) {
    auto& upload = *static_cast<Upload*>(context);
    const std::size_t length = std::min(size * count, upload.rest.size());
    std::memcpy(to, upload.rest.data(), length);
    upload.rest.remove_prefix(length);
    return length;
}

// What comes down; nothing may be thrown through libcurl.
std::size_t write_download(char* from, std::size_t size, std::size_t count, void* context) noexcept {
    const std::size_t length = size * count;
    const auto* const file = static_cast<const File*>(context);
    if (file == nullptr) return length;
    try {
        file->append({from, length});
    } catch (...) {
        return 0;
    }
    return length;
}

}  // namespace

struct S3Store::Request {
    std::string method, path;
    std::string_view body;
    std::string content_type;
    std::string payload_sha256{kEmptySha256};
    const File* into = nullptr;
};

// Handles with their open connections, used again.
class S3Store::Connections final {
public:
    using Handle = std::unique_ptr<CURL, void (*)(CURL*)>;

    Connections() {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl cannot start");
    }
    ~Connections() {
        idle_.clear();
        curl_global_cleanup();
    }
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    Handle take() {
        const std::scoped_lock lock(mutex_);
        if (!idle_.empty()) {
            Handle handle = std::move(idle_.back());
            idle_.pop_back();
            return handle;
        }
        Handle handle(curl_easy_init(), &curl_easy_cleanup);
        if (!handle) throw std::bad_alloc();
        return handle;
    }
    void give_back(Handle handle) {
        curl_easy_reset(handle.get());
        const std::scoped_lock lock(mutex_);
        if (idle_.size() < kIdleMax) idle_.push_back(std::move(handle));
    }

private:
    static constexpr std::size_t kIdleMax = 16;
    std::mutex mutex_;
    std::vector<Handle> idle_;
};

S3Store::S3Store(S3Config config, std::filesystem::path scratch)
    : config_(std::move(config)),
      scratch_(std::move(scratch)),
      signing_key_{config_.access_key, config_.secret_key, config_.region, "s3"} {
    const std::size_t scheme = config_.endpoint.find("://");
    const bool is_known = config_.endpoint.starts_with("http://") || config_.endpoint.starts_with("https://");
    if (is_known) host_ = config_.endpoint.substr(scheme + 3);
    if (host_.empty() || host_.find_first_of("/?#@ ") != std::string::npos) {
        throw std::invalid_argument("the S3 endpoint must be http://HOST[:PORT] or https://HOST[:PORT]");
    }
}

S3Store::~S3Store() = default;

void S3Store::open() {
    open_scratch(scratch_);
    if (!connections_) connections_ = std::make_unique<Connections>();
}

std::string S3Store::path_of(const std::string& key) const {
    std::string path = "/" + gatehouse::percent_encode(config_.bucket) + "/";
    for (const char c : config_.prefix + key) path += c == '/' ? "/" : gatehouse::percent_encode({&c, 1});
    return path;
}

int S3Store::attempt(const Request& request) {
    SignedRequest draft;
    draft.method = request.method;
    draft.path = request.path;
    draft.payload_sha256 = request.payload_sha256;
    draft.time = time_of_now();
    draft.headers = {{"host", host_}, {"x-amz-content-sha256", draft.payload_sha256}, {"x-amz-date", draft.time}};
    if (!request.content_type.empty()) draft.headers.emplace_back("content-type", request.content_type);
    FieldList fields;
    for (const auto& [name, value] : draft.headers) append(fields, name + ": " + value);
    append(fields, "authorization: " + authorization(signing_key_, draft));
    append(fields, "expect:");

    if (request.into != nullptr && ::ftruncate(request.into->descriptor(), 0) != 0) throw_errno("empty a file");
    if (request.into != nullptr) ::lseek(request.into->descriptor(), 0, SEEK_SET);
    Upload upload{request.body};
    auto handle = connections_->take();
    CURL* const curl = handle.get();
    curl_easy_setopt(curl, CURLOPT_URL, (config_.endpoint + request.path).c_str());
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields.get());
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(kConnectTimeout.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(config_.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &write_download);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, const_cast<File*>(request.into));
    if (request.method == "PUT") {
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, &read_upload);
        curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    } else {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    const CURLcode result = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (result != CURLE_OK) return 0;  // the handle goes, and its connection
    connections_->give_back(std::move(handle));
    return static_cast<int>(status);
}

int S3Store::perform(const Request& request) {
    for (int tried = 1;; ++tried) {
        const int status = attempt(request);
        if (status != 0 && status < 500) return status;
        if (tried == kAttempts) throw gatehouse::ServiceUnavailable(std::chrono::seconds(2));
        std::this_thread::sleep_for(kPause * tried);
    }
}

void S3Store::put(const std::string& key, std::string_view bytes, std::string_view content_type) {
    const Request request{"PUT", path_of(key), bytes, std::string(content_type), to_hex(sha256(bytes)), nullptr};
    const int status = perform(request);
    if (status / 100 != 2) throw std::runtime_error("S3 refuses to keep an object: " + std::to_string(status));
}

std::optional<File> S3Store::get(const std::string& key) {
    File file = File::nameless_in(scratch_);
    Request request{"GET", path_of(key), {}, {}, std::string(kEmptySha256), &file};
    const int status = perform(request);
    if (status == 404) return std::nullopt;
    if (status != 200) throw std::runtime_error("S3 refuses to give an object: " + std::to_string(status));
    return file;
}

void S3Store::remove(const std::string& key) {
    const Request request{"DELETE", path_of(key), {}, {}, std::string(kEmptySha256), nullptr};
    const int status = perform(request);
    if (status / 100 != 2 && status != 404) {
        throw std::runtime_error("S3 refuses to remove an object: " + std::to_string(status));
    }
}

}  // namespace media
