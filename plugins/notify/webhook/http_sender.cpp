#include "plugins/notify/webhook/http_sender.hpp"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <new>
#include <stdexcept>

#include "plugins/notify/curl_library.hpp"

namespace notify {

namespace {

constexpr std::size_t kAnswerBytesMax = 64 * 1024;  // head and body; nobody reads more
constexpr long kConnectTimeoutMax = 5'000, kConnectionsKept = 32;

struct FreeEasy {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

struct HttpSender::Transfer {
    OutgoingCall call;
    Reach reach = Reach::public_only;
    std::unique_ptr<CURL, FreeEasy> handle;
    std::unique_ptr<curl_slist, FreeList> headers;
    std::size_t answered_bytes = 0;
    bool is_not_public = false;

    static std::size_t on_answer(char*, std::size_t size, std::size_t count, void* self) {
        auto& transfer = *static_cast<Transfer*>(self);
        transfer.answered_bytes += size * count;
        return transfer.answered_bytes <= kAnswerBytesMax ? size * count : 0;
    }

    // Called for each address that the name leads to, before it is connected to.
    static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address) {
        auto& transfer = *static_cast<Transfer*>(self);
        if (transfer.reach == Reach::public_only && !is_public(address->addr)) {
            transfer.is_not_public = true;
            return CURL_SOCKET_BAD;
        }
        return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }

    [[nodiscard]] CallResult result(CURLcode code) const {
        long status = 0;
        curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
        // What came is enough: the answer is in its status, and its body is of no interest.
        const bool is_answered = code == CURLE_OK || (status >= 200 && answered_bytes > kAnswerBytesMax);
        if (is_answered && status != 0) return {call.id, status, {}};
        if (is_not_public) return {call.id, 0, "the address is not one of the public internet"};
        return {call.id, 0, code == CURLE_OK ? "no answer" : curl_easy_strerror(code)};
    }
};

HttpSender::HttpSender(SenderOptions options) : options_(std::move(options)) {
    prepare_curl();
    multi_ = curl_multi_init();
    if (multi_ == nullptr) throw std::runtime_error("libcurl cannot be set up");
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kConnectionsKept);
}

HttpSender::~HttpSender() {
    abandon();
    curl_multi_cleanup(multi_);
}

void HttpSender::begin(OutgoingCall call) {
    auto transfer = std::make_unique<Transfer>();
    transfer->call = std::move(call);
    transfer->reach = options_.reach;
    transfer->handle.reset(curl_easy_init());
    if (!transfer->handle) throw std::bad_alloc();
    for (const std::string& line : transfer->call.headers) {
        curl_slist* const longer = curl_slist_append(transfer->headers.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(transfer->headers.release());
        transfer->headers.reset(longer);
    }
    configure(*transfer);
    CURL* const handle = transfer->handle.get();
    if (curl_multi_add_handle(multi_, handle) != CURLM_OK) throw std::runtime_error("libcurl takes no request");
    transfers_.emplace(handle, std::move(transfer));
}

void HttpSender::configure(Transfer& transfer) {
    CURL* const handle = transfer.handle.get();
    const long timeout = static_cast<long>(options_.timeout.count());
    curl_easy_setopt(handle, CURLOPT_URL, transfer.call.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, transfer.call.body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.call.body.size()));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, transfer.headers.get());
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, std::min(timeout, kConnectTimeoutMax));
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options_.ca_file.c_str());
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_answer);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::on_answer);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &transfer);
}

std::vector<CallResult> HttpSender::wait(std::chrono::milliseconds at_most) {
    std::vector<CallResult> ended;
    int running = 0;
    curl_multi_perform(multi_, &running);
    take_ended(ended);
    if (!ended.empty() || transfers_.empty()) return ended;
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(at_most.count()), nullptr);
    curl_multi_perform(multi_, &running);
    take_ended(ended);
    return ended;
}

void HttpSender::take_ended(std::vector<CallResult>& ended) {
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const auto found = transfers_.find(message->easy_handle);
        if (found == transfers_.end()) continue;
        ended.push_back(found->second->result(message->data.result));
        curl_multi_remove_handle(multi_, found->first);
        transfers_.erase(found);
    }
}

std::vector<std::int64_t> HttpSender::abandon() {
    std::vector<std::int64_t> ids;
    for (const auto& [handle, transfer] : transfers_) {
        ids.push_back(transfer->call.id);
        curl_multi_remove_handle(multi_, handle);
    }
    transfers_.clear();
    return ids;
}

}  // namespace notify
