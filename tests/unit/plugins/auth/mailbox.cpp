#include "tests/unit/plugins/auth/mailbox.hpp"

#include <gatehouse/storage.hpp>
#include <stdexcept>

#include "migrations.hpp"

namespace auth::testing {

// What the background thread has committed is told to the loop a moment later, and the loop is ours.
void MailTest::wait_for_outbox() {
    wait_until([&] {
        static_cast<void>(host().published());
        return stored_texts("gh_outbox where sent_at is null", "subject").empty();
    });
}

std::vector<gatehouse::testing::PublishedEvent> MailTest::mails(const std::string& type) {
    wait_for_outbox();
    auto events = host().published();
    std::erase_if(events, [&](const auto& event) { return event.type != type; });
    return events;
}

std::vector<std::string> MailTest::published_types() {
    wait_for_outbox();
    std::vector<std::string> types;
    for (const auto& event : host().published()) types.push_back(event.type);
    return types;
}

std::string MailTest::last_secret(const std::string& type) {
    const auto events = mails(type);
    if (events.empty()) throw std::runtime_error("no event " + type);
    const auto payload = events.back().json();
    const auto secret = gatehouse::Sealer(kNotifyKey).open(payload.at("sealed").as_string(), events.back().id);
    if (!secret) throw std::runtime_error("the sealed text of " + type + " cannot be opened");
    return *secret;
}

std::vector<std::string> MailTest::stored_texts(const std::string& table, const std::string& column) {
    if (!database_) {
        host();
        database_ = std::make_unique<gatehouse::Database>(
            gatehouse::DatabaseOptions{.url = database_url, .service = "auth"}, migrations());
        database_->open();
    }
    const auto blobs = database_->read([&](gatehouse::Transaction& tx) {
        return tx
            .query("select cast(" + column + " as " + (tx.engine() == gatehouse::Engine::sqlite ? "blob" : "bytea") +
                   ") from " + table)
            .all<gatehouse::Blob>();
    });
    std::vector<std::string> texts;
    for (const auto& blob : blobs) texts.emplace_back(reinterpret_cast<const char*>(blob.data()), blob.size());
    return texts;
}

}  // namespace auth::testing
