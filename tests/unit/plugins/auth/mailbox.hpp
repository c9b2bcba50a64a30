// Plays the service notify: opens what only it can open.
#pragma once

#include <gatehouse/seal.hpp>
#include <gatehouse/storage/database.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "plugins/auth/crypto.hpp"
#include "plugins/auth/secret_mail.hpp"
#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {

class MailTest : public AuthTest {
protected:
    void wait_for_outbox();
    std::vector<gatehouse::testing::PublishedEvent> mails(const std::string& type);
    std::vector<std::string> published_types();
    // What the last mail of the kind says; fails when there is none.
    std::string last_code() { return last_secret(kVerificationRequested); }
    std::string last_token() { return last_secret(kResetRequested); }
    // A column, from the database itself.
    std::vector<std::string> stored_texts(const std::string& table, const std::string& column);

private:
    std::string last_secret(const std::string& type);

    std::unique_ptr<gatehouse::Database> database_;
};

}  // namespace auth::testing
