#include "gateway/events/kafka_consumer.hpp"

#include <algorithm>
#include <utility>

#include "gateway/events/cloud_event.hpp"

namespace gatehouse::events {

namespace {

constexpr int kPollMilliseconds = 50;
constexpr Duration kCommitInterval = 500ms;
constexpr Duration kLookInterval = 5s;
constexpr Duration kRevokeTimeout = 5s;
constexpr Duration kReopenDelay = 1s;

}  // namespace

KafkaConsumer::KafkaConsumer(const KafkaOptions& options, std::string service, std::set<std::string> types,
                             Subscribers& subscribers, observe::Logger& logger)
    : options_(options), service_(std::move(service)), logger_(logger), types_(std::move(types)) {
    lanes_ = std::make_unique<Lanes>(service_, options.workers, subscribers, [this](const Lanes::Delivery& delivery) {
        done_.with([&](auto& done) { done.push_back({delivery.tag, delivery.epoch}); });
    });
    thread_ = std::thread([this] { run(); });
}

KafkaConsumer::~KafkaConsumer() { static_cast<void>(stop(Clock::now() + kRevokeTimeout)); }

void KafkaConsumer::set_types(std::set<std::string> types) {
    types_.with([&](auto& held) { held = std::move(types); });
}

bool KafkaConsumer::stop(TimePoint deadline) {
    const bool ended = lanes_->stop(deadline);
    if (!ended) logger_.error("an event handler does not end; its thread is left alone", {{"service", service_}});
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return ended;
}

void KafkaConsumer::run() {
    while (!is_stopping_) {
        if (!consumer_ && !open()) {
            for (Duration waited{}; waited < kReopenDelay && !is_stopping_; waited += 50ms)
                std::this_thread::sleep_for(50ms);
            continue;
        }
        const KafkaPtr<rd_kafka_message_t> message(rd_kafka_consumer_poll(consumer_.get(), kPollMilliseconds));
        if (message) take(*message);
        collect_done();
        hold_back();
        if (Clock::now() >= next_commit_) commit(Commit::in_background);
        look_at_lag();
    }
    if (!consumer_) return;
    revoke();
    rd_kafka_consumer_close(consumer_.get());
    consumer_.reset();
}

bool KafkaConsumer::open() {
    const KafkaProperties properties{
        {"group.id", options_.group_prefix + service_}, {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},          {"auto.offset.reset", "earliest"},
        {"allow.auto.create.topics", "true"},           {"session.timeout.ms", "10000"},
        {"topic.metadata.refresh.interval.ms", "5000"}, {"queued.max.messages.kbytes", "4096"}};
    auto conf = kafka_configuration(options_, properties, logger_);
    if (!conf) return false;  // the publisher says why: it has the same options
    rd_kafka_conf_set_opaque(conf->get(), this);
    rd_kafka_conf_set_rebalance_cb(conf->get(), &on_rebalance);
    auto opened = open_kafka(RD_KAFKA_CONSUMER, std::move(*conf));
    if (!opened) return false;
    consumer_ = std::move(*opened);
    rd_kafka_poll_set_consumer(consumer_.get());
    const KafkaPtr<rd_kafka_topic_partition_list_t> topics(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(topics.get(), options_.topic.c_str(), RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(consumer_.get(), topics.get());
    return true;
}

void KafkaConsumer::take(const rd_kafka_message_t& message) {
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        logger_.warn("event bus", {{"service", service_}, {"error", rd_kafka_message_errstr(&message)}});
        return;
    }
    const auto tracker = trackers_.find(message.partition);
    if (tracker == trackers_.end()) return;  // of an assignment that is over
    tracker->second.begin(message.offset);
    auto event = decode({static_cast<const char*>(message.payload), message.len});
    if (!event) {
        logger_.error("not an event; passed over", {{"service", service_},
                                                    {"partition", message.partition},
                                                    {"offset", message.offset},
                                                    {"error", event.error().message}});
    }
    const bool is_wanted = event && types_.with([&](const auto& types) { return types.contains(event->type); });
    if (!is_wanted) return tracker->second.finish(message.offset);
    lanes_->add({std::move(*event), static_cast<std::uint64_t>(message.offset), epoch_of(message.partition),
                 Subscribers::Attempt::first});
}

void KafkaConsumer::collect_done() {
    const std::vector<Done> done = done_.with([](auto& held) { return std::exchange(held, {}); });
    for (const Done& each : done) {
        if (each.epoch >> 32 != epoch_) continue;
        const auto tracker = trackers_.find(static_cast<std::int32_t>(each.epoch & 0xffffffff));
        if (tracker != trackers_.end()) tracker->second.finish(static_cast<std::int64_t>(each.tag));
    }
}

void KafkaConsumer::commit(Commit how) {
    next_commit_ = Clock::now() + kCommitInterval;
    const KafkaPtr<rd_kafka_topic_partition_list_t> offsets(
        rd_kafka_topic_partition_list_new(static_cast<int>(trackers_.size())));
    for (auto& [partition, tracker] : trackers_) {
        const auto position = tracker.take_position();
        if (!position) continue;
        rd_kafka_topic_partition_list_add(offsets.get(), options_.topic.c_str(), partition)->offset = *position;
    }
    if (offsets->cnt == 0) return;
    const rd_kafka_resp_err_t error =
        rd_kafka_commit(consumer_.get(), offsets.get(), how == Commit::in_background ? 1 : 0);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        logger_.warn("positions not committed; their events may come again",
                     {{"service", service_}, {"error", rd_kafka_err2str(error)}});
    }
}

void KafkaConsumer::hold_back() {
    const std::size_t in_hand = lanes_->size();
    const bool pause = !is_paused_ && in_hand >= options_.in_hand;
    const bool resume = is_paused_ && in_hand <= options_.in_hand / 2;
    if (!pause && !resume) return;
    rd_kafka_topic_partition_list_t* held = nullptr;
    if (rd_kafka_assignment(consumer_.get(), &held) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    const KafkaPtr<rd_kafka_topic_partition_list_t> partitions(held);
    if (pause) {
        rd_kafka_pause_partitions(consumer_.get(), partitions.get());
    } else {
        rd_kafka_resume_partitions(consumer_.get(), partitions.get());
    }
    is_paused_ = pause;
}

void KafkaConsumer::look_at_lag() {
    if (Clock::now() < next_look_) return;
    next_look_ = Clock::now() + kLookInterval;
    std::uint64_t lag = 0;
    for (const auto& [partition, tracker] : trackers_) {
        std::int64_t low = 0, high = 0;
        if (rd_kafka_get_watermark_offsets(consumer_.get(), options_.topic.c_str(), partition, &low, &high) !=
                RD_KAFKA_RESP_ERR_NO_ERROR ||
            high < 0)
            continue;
        const std::int64_t behind = high - std::max(tracker.position(), std::max<std::int64_t>(low, 0));
        if (tracker.position() != 0 && behind > 0) lag += static_cast<std::uint64_t>(behind);
    }
    lag_ = std::max<std::uint64_t>(lag, lanes_->size());
}

// On this object's thread, inside of rd_kafka_consumer_poll() or close().
void KafkaConsumer::on_rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t error,
                                 rd_kafka_topic_partition_list_t* partitions, void* opaque) {
    auto& self = *static_cast<KafkaConsumer*>(opaque);
    if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) return self.assign(partitions);
    if (error == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) self.revoke();
    rd_kafka_assign(handle, nullptr);
}

void KafkaConsumer::assign(rd_kafka_topic_partition_list_t* partitions) {
    ++epoch_;
    trackers_.clear();
    for (int i = 0; i < partitions->cnt; ++i) trackers_[partitions->elems[i].partition];
    is_paused_ = false;
    rd_kafka_assign(consumer_.get(), partitions);
    logger_.info("event partitions assigned", {{"service", service_}, {"partitions", partitions->cnt}});
}

// Somebody else goes on from what is committed here: nothing is begun any more, what runs may end.
void KafkaConsumer::revoke() {
    lanes_->forget_waiting();
    static_cast<void>(lanes_->wait_until_idle(Clock::now() + kRevokeTimeout));
    collect_done();
    if (rd_kafka_assignment_lost(consumer_.get()) == 0) commit(Commit::wait);
    trackers_.clear();
}

}  // namespace gatehouse::events
