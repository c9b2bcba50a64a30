#include "plugins/notify/announcer.hpp"

#include <algorithm>

#include "plugins/notify/notification_repository.hpp"

namespace notify {

namespace {

bool contains(const std::vector<Kind>& kinds, Kind kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace

void Announcer::tell(Transaction& tx, const Occasion& occasion, const Account& account, const News& news) {
    mail(tx, occasion, account, news);
    notify(tx, occasion, account, news);
}

// What may be muted goes to confirmed addresses only: nobody else shall get mail that somebody made others send.
// Of many followers at once the mails end at some point; the notifications tell of all of them.
void Announcer::mail(Transaction& tx, const Occasion& occasion, const Account& account, const News& news) {
    const bool is_wanted =
        !may_be_muted(news.kind) || (account.is_confirmed && !contains(account.muted_mail, news.kind));
    if (!is_wanted || (news.recipient.empty() && account.email.empty())) return;
    if (news.kind == Kind::new_follower &&
        !accounts::take_follower_mail(tx, account.user_id, context_.wall_time(), config_.follower_mails_per_hour)) {
        return;
    }
    mails::insert(tx, new_mail(occasion, account, news));
}

void Announcer::notify(Transaction& tx, const Occasion& occasion, const Account& account, const News& news) {
    if (contains(account.muted_in_app, news.kind)) return;
    const Notification made{ids_.next(), account.user_id, occasion.source,      occasion.id,
                            news.kind,   news.fields,     context_.wall_time(), false};
    if (notifications::insert(tx, made)) live_.wake(account.user_id);
}

Mail Announcer::new_mail(const Occasion& occasion, const Account& account, const News& news) {
    Mail made;
    made.id = ids_.next();
    made.source = occasion.source;
    made.event_id = occasion.id;
    made.kind = news.kind;
    made.user_id = account.user_id;
    made.recipient = news.recipient.empty() ? account.email : news.recipient;
    made.language = account.language.value_or(config_.language);
    made.fields = news.fields;
    made.fields["username"] = account.username;
    made.created_at = context_.wall_time();
    return made;
}

}  // namespace notify
