#include "plugins/notify/mail_delivery.hpp"

#include <gatehouse/problem.hpp>

#include <algorithm>
#include <stdexcept>

#include "plugins/notify/message.hpp"

namespace notify {

using namespace std::chrono_literals;

namespace {

constexpr int kPurgeBatch = 1'000;
constexpr auto kClaimMargin = 2s;   // beyond the time that sending may take
constexpr auto kLongestWait = 60s;  // between two attempts to reach the server

// Safe in a header and in a file name, whatever the id of the event is.
std::string message_name(const Mail& mail) {
    std::string name = mail.event_id.substr(0, 64);
    std::replace_if(
        name.begin(), name.end(),
        [](char c) {
            return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-');
        },
        '_');
    return name + "." + std::string(name_of(mail.kind)) + "." + std::to_string(mail.id);
}

std::string domain_of(const std::string& address) { return address.substr(address.find('@') + 1); }

}  // namespace

MailDelivery::MailDelivery(gatehouse::Context& context, gatehouse::Database& database, const TemplateLibrary& templates,
                           const Config& config)
    : context_(context),
      database_(database),
      templates_(templates),
      config_(config),
      ended_(context.counter("notify_mails_total", "Mails by kind and how they ended", {"kind", "result"})) {
    if (!config.notify_key.empty()) sealer_.emplace(config.notify_key);
    if (!is_address(config.mail_from)) throw std::invalid_argument("mail_from: must be a plain address");
}

void MailDelivery::open() {
    if (config_.smtp.host.empty()) {
        transport_ = std::make_unique<FileTransport>(config_.mail_directory);
        context_.log().warn("no mail server is configured: mails become files",
                            {{"directory", config_.mail_directory}, {"help", "set smtp: { host: … } for notify"}});
    } else {
        transport_ = std::make_unique<SmtpTransport>(config_.smtp);
    }
    if (!sealer_) {
        context_.log().warn("notify_key is missing: codes and tokens cannot be mailed",
                            {{"help", "openssl rand -hex 32 > var/secrets/notify.key, for auth and notify"}});
    }
}

void MailDelivery::close() { transport_.reset(); }

void MailDelivery::run(const gatehouse::JobRun& run) {
    while (!run.should_stop() && now() >= wait_until_) {
        const auto claim = [&](Transaction& tx) {
            return mails::claim(tx, now(), now() + config_.smtp.timeout + kClaimMargin);
        };
        const auto is_due = [&](Transaction& tx) { return mails::queue().is_any_due(tx, now()); };
        if (!database_.read(is_due)) return;
        const auto mail = database_.write(claim);
        if (!mail || deliver(*mail, run) == Next::wait) return;
    }
}

MailDelivery::Next MailDelivery::deliver(const Mail& mail, const gatehouse::JobRun& run) {
    if (mail.expires_at && now() >= *mail.expires_at) {
        database_.write([&](Transaction& tx) { mails::mark_expired(tx, mail.id, now()); });
        ended_.add(1, {name_of(mail.kind), "expired"});
        return Next::go_on;
    }
    OutgoingMail outgoing;
    try {
        outgoing = compose(mail);
    } catch (const std::runtime_error& error) {
        bury(mail, error.what());
        return Next::go_on;
    }
    return settle(mail, transport_->send(outgoing, [&] { return run.should_stop(); }));
}

OutgoingMail MailDelivery::compose(const Mail& mail) const {
    if (!is_address(mail.recipient)) throw std::runtime_error("the address is none");
    TextFields fields = mail.fields;
    fields["site"] = config_.site_name;
    fields["url"] = config_.public_url;
    if (mail.kind == Kind::confirm_email || mail.kind == Kind::reset_password) {
        const auto code = sealer_ && mail.sealed ? sealer_->open(*mail.sealed, mail.event_id) : std::nullopt;
        if (!code) throw std::runtime_error("the code cannot be read: notify_key is missing, or not that of auth");
        fields["code"] = *code;
    }
    const MailText text = templates_.book(mail.language).mail(mail.kind, fields);
    const std::string name = message_name(mail);
    const Message message{config_.site_name,
                          config_.mail_from,
                          mail.recipient,
                          name + "@" + domain_of(config_.mail_from),
                          mail.created_at,
                          text.subject,
                          text.text,
                          text.html,
                          std::string(name_of(mail.language))};
    return {name, config_.mail_from, mail.recipient, to_text(message)};
}

MailDelivery::Next MailDelivery::settle(const Mail& mail, const Delivery& delivery) {
    if (delivery.outcome != Outcome::unreachable) failed_connections_ = 0;
    switch (delivery.outcome) {
        case Outcome::sent:
            database_.write([&](Transaction& tx) { mails::mark_sent(tx, mail.id, now()); });
            ended_.add(1, {name_of(mail.kind), "sent"});
            return Next::go_on;
        case Outcome::refused: bury(mail, delivery.error); return Next::go_on;
        case Outcome::refused_for_now: {
            if (mail.attempts >= config_.attempts_max) {
                bury(mail, delivery.error);
                return Next::go_on;
            }
            const Time due_at = now() + pause_after(mail.attempts, config_.first_pause, config_.longest_pause);
            database_.write([&](Transaction& tx) {
                mails::queue().put_off(tx, mail.id, due_at, QueueTable::Attempt::counts, delivery.error);
            });
            return Next::go_on;
        }
        case Outcome::unreachable: break;
    }
    // Nobody has looked at the mail, so it is as good as before, and so are all others: the whole queue waits.
    const auto pause =
        std::min<std::chrono::milliseconds>(kLongestWait, 1s * (1LL << std::min<std::int64_t>(failed_connections_, 6)));
    if (failed_connections_++ == 0) context_.log().warn("mails cannot be sent", {{"error", delivery.error}});
    wait_until_ = now() + pause;
    if (now() - mail.created_at >= config_.give_up_after) {
        bury(mail, delivery.error);
    } else {
        database_.write([&](Transaction& tx) {
            mails::queue().put_off(tx, mail.id, now(), QueueTable::Attempt::is_not_counted, delivery.error);
        });
    }
    return Next::wait;
}

void MailDelivery::bury(const Mail& mail, std::string_view error) {
    database_.write([&](Transaction& tx) { mails::queue().mark_dead(tx, mail.id, now(), error); });
    ended_.add(1, {name_of(mail.kind), "dead"});
    context_.log().warn("a mail is put aside", {{"mail", mail.id}, {"kind", name_of(mail.kind)}, {"error", error}});
}

void MailDelivery::purge() {
    const auto some = [&](Transaction& tx) { return mails::purge(tx, now(), now() - config_.keep_mails, kPurgeBatch); };
    while (database_.write(some) == kPurgeBatch) continue;
}

MailList MailDelivery::list(const MailListQuery& query) {
    return database_.read([&](Transaction& tx) {
        return MailList{mails::list(tx, query.state, query.limit), mails::queue().count(tx, query.state)};
    });
}

Redriven MailDelivery::redrive(const Redrive& what) {
    if (what.id.has_value() == what.all) throw gatehouse::Invalid("", "name one mail by its id, or all of them");
    return {database_.write([&](Transaction& tx) { return mails::queue().redrive(tx, what.id, now()); })};
}

}  // namespace notify
