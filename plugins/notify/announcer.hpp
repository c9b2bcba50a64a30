// Tells users what has happened, in the transaction in which it does: at most one mail and one notification for each
// occasion and kind, by a unique key.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/id.hpp>

#include <string>

#include "plugins/notify/account_repository.hpp"
#include "plugins/notify/config.hpp"
#include "plugins/notify/live_streams.hpp"
#include "plugins/notify/mail_repository.hpp"

namespace notify {

// What news are about; unique. Of an event: who has published it, and its id.
struct Occasion {
    std::string source, id;
};

struct News {
    Kind kind{};
    TextFields fields;
    std::string recipient;  // of the mail; empty: the account's
};

// Thread-safe.
class Announcer final {
public:
    // All of them outlive this.
    Announcer(const gatehouse::Context& context, const Config& config, LiveStreams& live)
        : context_(context), config_(config), live_(live) {}

    // By mail and in the application, as the user wants it.
    void tell(Transaction& tx, const Occasion& occasion, const Account& account, const News& news);
    void mail(Transaction& tx, const Occasion& occasion, const Account& account, const News& news);
    void notify(Transaction& tx, const Occasion& occasion, const Account& account, const News& news);
    // To be completed and inserted by the caller.
    [[nodiscard]] Mail new_mail(const Occasion& occasion, const Account& account, const News& news);

private:
    const gatehouse::Context& context_;
    const Config& config_;
    LiveStreams& live_;
    gatehouse::IdSource ids_;
};

}  // namespace notify
