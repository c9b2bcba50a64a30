#include "gateway/events/kafka_publisher.hpp"

#include <poll.h>

#include <utility>

#include "gateway/events/cloud_event.hpp"

namespace gatehouse::events {

namespace {

constexpr int kPollMilliseconds = 200;
constexpr int kMetadataMilliseconds = 1000;
constexpr Duration kLookWhileAway = 1s;
constexpr int kReopenMilliseconds = 1000;
constexpr std::uint64_t kOne = 1;  // what wakes an eventfd

}  // namespace

KafkaPublisher::KafkaPublisher(const KafkaOptions& options, observe::Logger& logger)
    : options_(options), logger_(logger), window_([this] { wake_.set(); }), thread_([this] { run(); }) {}

KafkaPublisher::~KafkaPublisher() { stop(Clock::now()); }

BusStatus KafkaPublisher::status() const {
    std::scoped_lock lock(mutex_);
    return status_;
}

void KafkaPublisher::stop(TimePoint deadline) {
    window_.close();
    if (!thread_.joinable()) return;
    stop_by_ = deadline.time_since_epoch().count();
    is_stopping_ = true;
    wake_.set();
    thread_.join();
}

void KafkaPublisher::run() {
    while (!is_stopping_) {
        if (!producer_ && !open()) {
            pollfd watched{wake_.descriptor(), POLLIN, 0};
            ::poll(&watched, 1, kReopenMilliseconds);
            wake_.clear();
            continue;
        }
        send();
        pollfd watched{wake_.descriptor(), POLLIN, 0};
        ::poll(&watched, 1, kPollMilliseconds);
        wake_.clear();
        rd_kafka_poll(producer_.get(), 0);
        look();
        if (is_spoilt_) close(Clock::now());
    }
    close(TimePoint(Duration(stop_by_.load())));
}

bool KafkaPublisher::open() {
    const KafkaProperties properties{{"enable.idempotence", "true"},
                                     {"acks", "all"},
                                     {"linger.ms", "5"},
                                     {"message.timeout.ms", "60000"},
                                     {"queue.buffering.max.messages", "10000"},
                                     {"compression.type", "none"}};
    auto conf = kafka_configuration(options_, properties, logger_);
    if (!conf) {
        set_status(false, conf.error().message);
        return false;
    }
    rd_kafka_conf_set_opaque(conf->get(), this);
    rd_kafka_conf_set_dr_msg_cb(conf->get(), &on_report);
    rd_kafka_conf_set_error_cb(conf->get(), &on_error);
    auto opened = open_kafka(RD_KAFKA_PRODUCER, std::move(*conf));
    if (!opened) {
        set_status(false, opened.error().message);
        return false;
    }
    producer_ = std::move(*opened);
    events_.reset(rd_kafka_queue_get_main(producer_.get()));
    rd_kafka_queue_io_event_enable(events_.get(), wake_.descriptor(), &kOne, sizeof(kOne));
    is_spoilt_ = false;
    next_look_ = TimePoint{};
    return true;
}

void KafkaPublisher::send() {
    while (!is_spoilt_) {
        auto item = window_.take();
        if (!item) return;
        item->sent_at = Clock::now();
        PublishWindow::Item* const sent = item.get();
        const rd_kafka_resp_err_t error = rd_kafka_producev(
            producer_.get(), RD_KAFKA_V_TOPIC(options_.topic.c_str()),
            RD_KAFKA_V_KEY(sent->partition_key.data(), sent->partition_key.size()),
            RD_KAFKA_V_VALUE(sent->message.data(), sent->message.size()),
            RD_KAFKA_V_HEADER("content-type", kCloudEventType.data(), static_cast<ssize_t>(kCloudEventType.size())),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(sent), RD_KAFKA_V_END);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            set_status(status().is_connected, rd_kafka_err2str(error));
            window_.finish(std::move(item), GH_E_UNAVAILABLE);
            if (error == RD_KAFKA_RESP_ERR__FATAL) is_spoilt_ = true;
            return;
        }
        static_cast<void>(item.release());  // until its report
        ++on_their_way_;
    }
}

void KafkaPublisher::on_report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto& self = *static_cast<KafkaPublisher*>(opaque);
    std::unique_ptr<PublishWindow::Item> item(static_cast<PublishWindow::Item*>(message->_private));
    --self.on_their_way_;
    const bool is_safe = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (is_safe) {
        self.set_status(true, {});
    } else {
        self.set_status(self.status().is_connected, rd_kafka_err2str(message->err));
    }
    self.window_.finish(std::move(item), is_safe ? GH_OK : GH_E_UNAVAILABLE);
}

void KafkaPublisher::on_error(rd_kafka_t*, int error, const char* reason, void* opaque) {
    auto& self = *static_cast<KafkaPublisher*>(opaque);
    const auto code = static_cast<rd_kafka_resp_err_t>(error);
    if (code == RD_KAFKA_RESP_ERR__FATAL) self.is_spoilt_ = true;
    self.set_status(code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && self.status().is_connected, reason);
}

void KafkaPublisher::look() {
    if (Clock::now() < next_look_ || status().is_connected) return;
    const struct rd_kafka_metadata* metadata = nullptr;
    const rd_kafka_resp_err_t error = rd_kafka_metadata(producer_.get(), 0, nullptr, &metadata, kMetadataMilliseconds);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        set_status(true, {});
        rd_kafka_metadata_destroy(metadata);
    } else {
        set_status(false, rd_kafka_err2str(error));
    }
    next_look_ = Clock::now() + kLookWhileAway;
}

// What is on its way may be reported until the deadline; then it is given up.
void KafkaPublisher::close(TimePoint deadline) {
    if (!producer_) return;
    while (on_their_way_ > 0 && !is_spoilt_ && Clock::now() < deadline) rd_kafka_poll(producer_.get(), 10);
    rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (on_their_way_ > 0) rd_kafka_poll(producer_.get(), 10);  // each purged one is reported
    events_.reset();
    producer_.reset();
}

void KafkaPublisher::set_status(bool connected, const std::string& problem) {
    bool was = false;
    std::string before;
    {
        std::scoped_lock lock(mutex_);
        was = status_.is_connected;
        before = std::exchange(status_.problem, problem);
        status_.is_connected = connected;
        status_.was_connected = status_.was_connected || connected;
    }
    if (connected && !was) logger_.info("event bus connected", {{"brokers", options_.brokers}});
    if (!problem.empty() && problem != before) {
        logger_.warn("event bus", {{"brokers", options_.brokers}, {"connected", connected}, {"error", problem}});
    }
}

}  // namespace gatehouse::events
