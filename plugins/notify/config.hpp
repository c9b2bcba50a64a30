// The configuration of this plugin: `services: notify: config:` in routes.yaml. README.md has the table.
#pragma once

#include <gatehouse/describe.hpp>
#include <gatehouse/events.hpp>

#include <chrono>
#include <string>

#include "plugins/notify/kind.hpp"

namespace notify {

enum class Tls { none, starttls, tls };
constexpr auto describe(Tls*) {
    return gatehouse::names<Tls>({{"none", Tls::none}, {"starttls", Tls::starttls}, {"tls", Tls::tls}});
}

struct SmtpConfig {
    std::string host;  // empty: mails become files
    int port = 587;
    Tls tls = Tls::starttls;
    std::string ca_file;  // empty: the system's
    std::string username, password;
    std::chrono::milliseconds timeout{30'000};  // of one mail
};
constexpr auto describe(SmtpConfig*) {
    using namespace gatehouse;
    return fields(
        field("host", &SmtpConfig::host, optional_default, max_length(255),
              description("the mail server; empty: mails become files in mail_directory")),
        field("port", &SmtpConfig::port, optional_default, minimum(1), maximum(65'535)),
        field("tls", &SmtpConfig::tls, optional_default, description("none only for a server on a trusted network")),
        field("ca_file", &SmtpConfig::ca_file, optional_default),
        field("username", &SmtpConfig::username, optional_default),
        field("password", &SmtpConfig::password, optional_default, write_only),
        field("timeout", &SmtpConfig::timeout, optional_default, description("of one mail")));
}

struct Config {
    std::string database = "sqlite:var/data/notify.db";
    std::string cursor_key;
    std::string notify_key;
    std::string site_name = "Gatehouse";
    std::string public_url = "http://127.0.0.1:8080";
    Language language = Language::en;  // of those who have chosen none
    std::string templates;             // directory with en.txt and ru.txt; empty: the shipped ones
    std::string mail_from = "no-reply@localhost";
    std::string mail_directory = "var/data/mail";
    SmtpConfig smtp;
    int follower_mails_per_hour = 10;
    int attempts_max = 8;
    std::chrono::milliseconds first_pause{10'000}, longest_pause{3'600'000};
    std::chrono::hours give_up_after{72};
    std::chrono::milliseconds stream_lifetime{300'000};
    bool webhook_allow_private = false;
    std::chrono::milliseconds webhook_timeout{10'000};
    int webhook_failures_max = 20;
    int webhook_backlog_max = 10'000;
    std::string webhook_ca_file;
    std::chrono::hours keep_mails{30 * 24}, keep_deliveries{30 * 24}, keep_notifications{180 * 24};
    gatehouse::EventOptions events;
};
constexpr auto describe(Config*) {
    using namespace gatehouse;
    using C = Config;
    return fields(
        field("database", &C::database, optional_default),
        field("cursor_key", &C::cursor_key, optional_default, write_only,
              description("signs page cursors; the same in every process; empty = made up at each start")),
        field("notify_key", &C::notify_key, optional_default, write_only,
              description(
                  "shared with auth, which seals the codes and tokens that are mailed; seals secrets of webhooks")),
        field("site_name", &C::site_name, optional_default, min_length(1), max_length(100)),
        field("public_url", &C::public_url, optional_default, max_length(300),
              description("what links begin with: https://example.com")),
        field("language", &C::language, optional_default), field("templates", &C::templates, optional_default),
        field("mail_from", &C::mail_from, optional_default, email),
        field("mail_directory", &C::mail_directory, optional_default), field("smtp", &C::smtp, optional_default),
        field("follower_mails_per_hour", &C::follower_mails_per_hour, optional_default, minimum(0), maximum(1'000),
              description("mails about new followers to one user; the others are told in the application only")),
        field("attempts_max", &C::attempts_max, optional_default, minimum(1), maximum(100)),
        field("first_pause", &C::first_pause, optional_default),
        field("longest_pause", &C::longest_pause, optional_default),
        field("give_up_after", &C::give_up_after, optional_default,
              description("how long a mail waits for a server that cannot be reached")),
        field("stream_lifetime", &C::stream_lifetime, optional_default,
              description("then a live stream ends, and its client comes back and is asked again who it is")),
        field("webhook_allow_private", &C::webhook_allow_private, optional_default,
              description("webhooks may go to private, loopback and link-local addresses")),
        field("webhook_timeout", &C::webhook_timeout, optional_default, description("of one request")),
        field("webhook_failures_max", &C::webhook_failures_max, optional_default, minimum(1), maximum(1'000),
              description("failures in a row after which a webhook is disabled")),
        field("webhook_backlog_max", &C::webhook_backlog_max, optional_default, minimum(1), maximum(1'000'000),
              description("deliveries that wait for one webhook; of more the oldest become dead letters")),
        field("webhook_ca_file", &C::webhook_ca_file, optional_default,
              description("certificates that vouch for receivers; empty: the system's")),
        field("keep_mails", &C::keep_mails, optional_default),
        field("keep_deliveries", &C::keep_deliveries, optional_default),
        field("keep_notifications", &C::keep_notifications, optional_default),
        field("events", &C::events, optional_default));
}

}  // namespace notify
