// Several requests at a time with libcurl, each bounded in time and in what it may answer. Follows no redirect, uses no
// proxy, and connects to public addresses only unless told otherwise: the address is looked at when it is connected to.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plugins/notify/webhook/target.hpp"

namespace notify {

struct SenderOptions {
    std::chrono::milliseconds timeout{10'000};  // of the whole request
    Reach reach = Reach::public_only;
    std::string ca_file;  // empty: the system's
};

struct OutgoingCall {
    std::int64_t id = 0;  // chosen by the caller
    std::string url;
    std::vector<std::string> headers;  // "name: value"
    std::string body;
};

struct CallResult {
    std::int64_t id = 0;
    std::int64_t status = 0;  // 0: no answer
    std::string error;        // why there is none, for the operator
};

// One thread at a time.
class HttpSender final {
public:
    // Throws std::runtime_error if libcurl cannot be set up.
    explicit HttpSender(SenderOptions options);
    ~HttpSender();
    HttpSender(const HttpSender&) = delete;
    HttpSender& operator=(const HttpSender&) = delete;

    void begin(OutgoingCall call);
    [[nodiscard]] std::size_t under_way() const { return transfers_.size(); }
    // Those that have ended; waits for one at most that long.
    std::vector<CallResult> wait(std::chrono::milliseconds at_most);
    // Gives up what is under way; the ids.
    std::vector<std::int64_t> abandon();

private:
    struct Transfer;
    void configure(Transfer& transfer);
    void take_ended(std::vector<CallResult>& ended);

    const SenderOptions options_;
    void* multi_ = nullptr;  // CURLM
    std::map<void*, std::unique_ptr<Transfer>> transfers_;
};

}  // namespace notify
