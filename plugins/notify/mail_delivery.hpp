// Sends what is due. A mail is claimed in the database before it is sent and marked after it, so that several processes
// may do this at once and a crash loses nothing: what was claimed is due again soon. Only a crash between the server's
// acceptance and the mark sends a mail twice; both copies have one Message-ID, by which mail programs tell them apart.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/seal.hpp>
#include <gatehouse/storage/database.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugins/notify/config.hpp"
#include "plugins/notify/mail_repository.hpp"
#include "plugins/notify/mail_transport.hpp"
#include "plugins/notify/template_book.hpp"

namespace notify {

struct MailListQuery {
    std::string state = "dead";
    int limit = 100;
};
constexpr auto describe(MailListQuery*) {
    using namespace gatehouse;
    return fields(field("state", &MailListQuery::state, optional_default, description("queued, sent, dead or expired")),
                  field("limit", &MailListQuery::limit, optional_default, minimum(1), maximum(1'000)));
}
struct MailList {
    std::vector<MailSummary> mails;
    std::int64_t count = 0;  // of that state, listed or not
};
constexpr auto describe(MailList*) {
    return gatehouse::fields(gatehouse::field("mails", &MailList::mails), gatehouse::field("count", &MailList::count));
}
struct Redrive {
    std::optional<std::int64_t> id;
    bool all = false;
};
constexpr auto describe(Redrive*) {
    return gatehouse::fields(gatehouse::field("id", &Redrive::id),
                             gatehouse::field("all", &Redrive::all, gatehouse::optional_default));
}
struct Redriven {
    std::int64_t count = 0;
};
constexpr auto describe(Redriven*) { return gatehouse::fields(gatehouse::field("count", &Redriven::count)); }

class MailDelivery final {
public:
    // No I/O. Throws what Sealer throws. config outlives this.
    MailDelivery(gatehouse::Context& context, gatehouse::Database& database, const TemplateLibrary& templates,
                 const Config& config);

    void open();   // says where mails go
    void close();  // ends the connection

    void run(const gatehouse::JobRun& run);  // one at a time
    void purge();

    MailList list(const MailListQuery& query);
    Redriven redrive(const Redrive& what);

private:
    enum class Next { go_on, wait };
    Next deliver(const Mail& mail, const gatehouse::JobRun& run);
    // Throws std::runtime_error that says why the text cannot be made.
    [[nodiscard]] OutgoingMail compose(const Mail& mail) const;
    Next settle(const Mail& mail, const Delivery& delivery);
    void bury(const Mail& mail, std::string_view error);
    [[nodiscard]] Time now() const { return context_.wall_time(); }

    gatehouse::Context& context_;
    gatehouse::Database& database_;
    const TemplateLibrary& templates_;
    const Config& config_;
    std::optional<gatehouse::Sealer> sealer_;
    std::unique_ptr<MailTransport> transport_;
    std::int64_t failed_connections_ = 0;  // in a row
    Time wait_until_{};
    gatehouse::Metric ended_;
};

}  // namespace notify
