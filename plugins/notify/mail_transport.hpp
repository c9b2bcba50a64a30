// Where mails go.
#pragma once

#include <functional>
#include <string>

#include "plugins/notify/config.hpp"

namespace notify {

enum class Outcome {
    sent,
    refused_for_now,  // the server has looked at this mail and wants it later
    refused,          // … and does not want it
    unreachable       // nobody has looked at it: no connection, no TLS, no login, no room
};

struct Delivery {
    Outcome outcome = Outcome::unreachable;
    std::string error;  // for the operator; no secret, no text of the mail
};

struct OutgoingMail {
    std::string name;  // unique and the same in every attempt; a file name
    std::string from, to, text;
};

// One thread at a time. should_stop: polled while waiting; true ends the attempt as unreachable.
class MailTransport {
public:
    virtual ~MailTransport() = default;
    [[nodiscard]] virtual Delivery send(const OutgoingMail& mail, const std::function<bool()>& should_stop) = 0;
};

// Each mail becomes NAME.eml in a directory, by an atomic rename; the same mail again replaces itself.
class FileTransport final : public MailTransport {
public:
    explicit FileTransport(std::string directory) : directory_(std::move(directory)) {}
    Delivery send(const OutgoingMail& mail, const std::function<bool()>& should_stop) override;

private:
    std::string directory_;
};

// SMTP (RFC 5321) with libcurl, by one connection that is kept between mails.
class SmtpTransport final : public MailTransport {
public:
    explicit SmtpTransport(const SmtpConfig& config);
    ~SmtpTransport() override;
    SmtpTransport(const SmtpTransport&) = delete;
    SmtpTransport& operator=(const SmtpTransport&) = delete;

    Delivery send(const OutgoingMail& mail, const std::function<bool()>& should_stop) override;

private:
    void configure();

    SmtpConfig config_;
    void* handle_ = nullptr;  // CURL
};

}  // namespace notify
