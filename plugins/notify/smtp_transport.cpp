#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "plugins/notify/curl_library.hpp"
#include "plugins/notify/mail_transport.hpp"

namespace notify {

namespace {

struct Upload {
    std::string_view rest;
};

std::size_t give(char* buffer, std::size_t size, std::size_t count, void* self) {
    auto& upload = *static_cast<Upload*>(self);
    const std::size_t bytes = std::min(size * count, upload.rest.size());
    std::memcpy(buffer, upload.rest.data(), bytes);
    upload.rest.remove_prefix(bytes);
    return bytes;
}

std::size_t ignore_answer(char*, std::size_t size, std::size_t count, void*) { return size * count; }

int check_stop(void* should_stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return (*static_cast<const std::function<bool()>*>(should_stop))() ? 1 : 0;
}

// A login that is refused says nothing about the mail.
Outcome outcome_of(CURLcode code, long reply) {
    if (code == CURLE_OK) return Outcome::sent;
    if (code == CURLE_LOGIN_DENIED || code == CURLE_OPERATION_TIMEDOUT || code == CURLE_ABORTED_BY_CALLBACK ||
        code == CURLE_USE_SSL_FAILED || reply == 421 || reply == 530 || reply == 535) {
        return Outcome::unreachable;
    }
    if (reply >= 400 && reply < 500) return Outcome::refused_for_now;
    if (reply >= 500 && reply < 600) return Outcome::refused;
    return Outcome::unreachable;
}

}  // namespace

SmtpTransport::SmtpTransport(const SmtpConfig& config) : config_(config) {
    prepare_curl();
    handle_ = curl_easy_init();
    if (handle_ == nullptr) throw std::runtime_error("libcurl cannot be set up");
    configure();
}

SmtpTransport::~SmtpTransport() { curl_easy_cleanup(handle_); }

void SmtpTransport::configure() {
    const bool is_tls = config_.tls == Tls::tls;
    const std::string url = (is_tls ? "smtps://" : "smtp://") + config_.host + ":" + std::to_string(config_.port);
    curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle_, CURLOPT_PROXY, "");
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle_, CURLOPT_USE_SSL,
                     static_cast<long>(config_.tls == Tls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!config_.ca_file.empty()) curl_easy_setopt(handle_, CURLOPT_CAINFO, config_.ca_file.c_str());
    if (!config_.username.empty()) {
        curl_easy_setopt(handle_, CURLOPT_USERNAME, config_.username.c_str());
        curl_easy_setopt(handle_, CURLOPT_PASSWORD, config_.password.c_str());
    }
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(config_.timeout.count()));
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config_.timeout.count()));
    curl_easy_setopt(handle_, CURLOPT_READFUNCTION, &give);
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &ignore_answer);
    curl_easy_setopt(handle_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle_, CURLOPT_XFERINFOFUNCTION, &check_stop);
}

Delivery SmtpTransport::send(const OutgoingMail& mail, const std::function<bool()>& should_stop) {
    Upload upload{mail.text};
    const std::string from = "<" + mail.from + ">", to = "<" + mail.to + ">";
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(curl_slist_append(nullptr, to.c_str()),
                                                                                 &curl_slist_free_all);
    curl_easy_setopt(handle_, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(handle_, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(handle_, CURLOPT_READDATA, &upload);
    curl_easy_setopt(handle_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.text.size()));
    curl_easy_setopt(handle_, CURLOPT_XFERINFODATA, &should_stop);

    const CURLcode code = curl_easy_perform(handle_);
    long reply = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &reply);
    curl_easy_setopt(handle_, CURLOPT_MAIL_RCPT, nullptr);
    curl_easy_setopt(handle_, CURLOPT_READDATA, nullptr);
    const Outcome outcome = outcome_of(code, reply);
    if (outcome == Outcome::sent) return {outcome, {}};
    return {outcome,
            std::string(curl_easy_strerror(code)) + (reply > 0 ? ", SMTP reply " + std::to_string(reply) : "")};
}

}  // namespace notify
