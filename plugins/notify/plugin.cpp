// notify: mail, notifications and webhooks. What it builds, what it hears, and its routes.
#include <gatehouse/ext/lease.h>
#include <gatehouse/service.hpp>
#include <gatehouse/storage_support.hpp>

#include <chrono>
#include <vector>

#include "migrations.hpp"
#include "plugins/notify/config.hpp"
#include "plugins/notify/event_service.hpp"
#include "plugins/notify/mail_delivery.hpp"
#include "plugins/notify/notification_handlers.hpp"
#include "plugins/notify/notification_service.hpp"
#include "plugins/notify/seeding.hpp"
#include "plugins/notify/webhook/publisher.hpp"
#include "plugins/notify/webhook/webhook_backlog.hpp"
#include "plugins/notify/webhook/webhook_dispatch.hpp"
#include "plugins/notify/webhook/webhook_handlers.hpp"
#include "plugins/notify/webhook/webhook_service.hpp"

namespace notify {

using namespace std::chrono_literals;

class Notify final : public gatehouse::Service {
public:
    using Config = notify::Config;
    static constexpr std::string_view description = "Mail, notifications and webhooks";
    static constexpr const char* needs[] = {GH_EXT_LEASE, nullptr};

    Notify(gatehouse::Context& context, const Config& config)
        : config_(config),
          database_({.url = config.database, .service = "notify"}, migrations()),
          events_(context, database_, config.events),
          templates_(config.templates),
          delivery_(context, database_, templates_, config_),
          announcer_(context, config_, live_),
          publisher_(context),
          news_(context, announcer_, publisher_),
          webhooks_(context, database_, publisher_, config_),
          dispatch_(context, database_, announcer_, config_),
          backlog_(context, database_, config_),
          notifications_(context, database_, templates_, config_),
          handlers_(context, notifications_, live_, config.stream_lifetime),
          seeder_(context, database_, &seeding::is_empty, seeding::parts(context, database_)) {
        gatehouse::map_storage_errors(context);
        handlers_.declare(context);
        webhook_handlers_.declare(context);
        news_.declare(context);
        publisher_.declare(context);
        context.every("mail", 1s, delivery_, &MailDelivery::run).at_start();
        context.every("webhooks", 1s, dispatch_, &WebhookDispatch::run).at_start();
        context.every("webhook backlog", 10s, backlog_, &WebhookBacklog::run);
        context.every("purge", 1h, *this, &Notify::purge);
        context.admin_command("mails.list", "Mails of one state, the newest first", delivery_, &MailDelivery::list);
        context.admin_command("mails.redrive", "Sends dead mails again", delivery_, &MailDelivery::redrive);
        context.admin_command("webhooks.redrive", "Sends dead deliveries to webhooks again", dispatch_,
                              &WebhookDispatch::redrive);
    }

    void start() override {
        database_.open();
        delivery_.open();
        dispatch_.open();
    }
    void stop() override {
        dispatch_.close();
        delivery_.close();
        database_.close();
    }
    std::vector<gatehouse::MigrationStep> migration_status() override { return gatehouse::migration_steps(database_); }
    std::vector<gatehouse::MigrationStep> migrate() override { return gatehouse::apply_migrations(database_); }

    void purge() {
        delivery_.purge();
        webhooks_.purge();
        notifications_.purge();
    }

private:
    const Config config_;
    gatehouse::Database database_;
    gatehouse::Events events_;
    TemplateLibrary templates_;
    LiveStreams live_;
    MailDelivery delivery_;
    Announcer announcer_;
    WebhookPublisher publisher_;
    EventService news_;
    WebhookService webhooks_;
    WebhookDispatch dispatch_;
    WebhookBacklog backlog_;
    NotificationService notifications_;
    NotificationHandlers handlers_;
    WebhookHandlers webhook_handlers_{webhooks_};
    gatehouse::seed::Seeder seeder_;
};

}  // namespace notify

GATEHOUSE_PLUGIN(notify::Notify, "notify", "1.0.0");
