#include "gateway/extensions/kv_extension.hpp"

#include <array>
#include <condition_variable>
#include <mutex>
#include <set>
#include <utility>

#include "gateway/base/io_loop.hpp"
#include "gateway/extensions/kv_request.hpp"
#include "gateway/extensions/metric.hpp"
#include "gateway/host/generation.hpp"
#include "gateway/host/host_table.hpp"

namespace gatehouse::extensions {

namespace {

// A store answers in bounded time; this is for the case that it does not.
constexpr Duration kWaitMax = 15s;

std::string_view result_name(gh_status status) {
    switch (status) {
        case GH_OK: return "ok";
        case GH_E_INVALID: return "invalid";
        case GH_E_LIMIT: return "limit";
        case GH_E_UNAVAILABLE: return "unavailable";
        case GH_E_TIMEOUT: return "timeout";
        case GH_E_CANCELED: return "canceled";
        default: return "other";
    }
}

}  // namespace

// Claimed by whoever has an answer first: the store, the drain deadline, or the thread that waits and gives up.
class KvExtension::Pending final {
public:
    // Answered on a loop, by a callback that is counted among the generation's operations.
    Pending(host::Operations& operations, IoLoop& loop, gh_kv_done done, void* context)
        : operations_(&operations), loop_(&loop), done_(done), context_(context) {
        operations_->begin();
    }
    // Waited for.
    Pending() = default;
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;

    // False if somebody else was first.
    bool answer(const std::shared_ptr<Pending>& self, KvAnswer answer) {
        {
            const std::scoped_lock lock(mutex_);
            if (is_claimed_) return false;
            is_claimed_ = true;
            answer_ = std::move(answer);
        }
        if (loop_ == nullptr) {
            answered_.notify_all();
        } else {
            loop_->post([self] { self->call_back(); });
        }
        return true;
    }

    // False if there is no answer after a long time.
    bool wait() {
        std::unique_lock lock(mutex_);
        return answered_.wait_for(lock, kWaitMax, [this] { return is_claimed_; });
    }
    // REQUIRES: answered, and no callback.
    KvAnswer take() {
        const std::scoped_lock lock(mutex_);
        return std::move(answer_);
    }

private:
    void call_back() {
        gh_kv_result result{};
        result.size = sizeof(result);
        write_kv_result(answer_, result);
        done_(context_, answer_.status, &result);
        operations_->end();
    }

    host::Operations* operations_ = nullptr;
    IoLoop* loop_ = nullptr;
    gh_kv_done done_ = nullptr;
    void* context_ = nullptr;
    std::mutex mutex_;
    std::condition_variable answered_;
    bool is_claimed_ = false;
    KvAnswer answer_;
};

class KvExtension::Client final : public std::enable_shared_from_this<Client> {
public:
    Client(const std::string& service, observe::Metrics& metrics, observe::Metrics::Family requests)
        : service_(service), metrics_(metrics), requests_(requests) {
        const std::array<std::string_view, 2> labels = {service_, result_name(GH_OK)};
        succeeded_ = metrics.counter(requests, labels);
    }

    void count(gh_status status) {
        if (status == GH_OK) return succeeded_.add();
        const std::array<std::string_view, 2> labels = {service_, result_name(status)};
        metrics_.record(requests_, 1, labels);
    }

    // REQUIRES: called on a shared one: it is held until the store has answered.
    void begin(const std::shared_ptr<Pending>& pending, KvStore& store, KvCommand command) {
        {
            const std::scoped_lock lock(mutex_);
            pending_.insert(pending);
        }
        store.answer_later(std::move(command), [self = shared_from_this(), pending](KvAnswer answer) {
            self->end(pending, std::move(answer));
        });
    }
    KvAnswer wait_for_answer(KvStore& store, KvCommand command) {
        const auto pending = std::make_shared<Pending>();
        begin(pending, store, std::move(command));
        if (!pending->wait()) end(pending, KvAnswer::failure(GH_E_TIMEOUT, "timeout"));
        return pending->take();
    }
    void end(const std::shared_ptr<Pending>& pending, KvAnswer answer) {
        {
            const std::scoped_lock lock(mutex_);
            pending_.erase(pending);
        }
        const gh_status status = answer.status;
        if (pending->answer(pending, std::move(answer))) count(status);
    }
    void cancel_all() {
        std::set<std::shared_ptr<Pending>> left;
        {
            const std::scoped_lock lock(mutex_);
            left.swap(pending_);
        }
        for (const auto& pending : left) {
            if (pending->answer(pending, KvAnswer::failure(GH_E_CANCELED, "drain_deadline"))) count(GH_E_CANCELED);
        }
    }

private:
    const std::string service_;
    observe::Metrics& metrics_;
    observe::Metrics::Family requests_;
    observe::Counter succeeded_;
    std::mutex mutex_;
    std::set<std::shared_ptr<Pending>> pending_;
};

KvExtension::KvExtension(KvStore& store, observe::Metrics& metrics)
    : store_(store),
      metrics_(metrics),
      requests_(define_metric(metrics, observe::MetricKind::counter, "gatehouse_kv_requests_total",
                              "Requests of services to the key-value store.", {"service", "result"})) {}

KvExtension::~KvExtension() = default;

const void* KvExtension::table() const {
    static const gh_kv_store table{sizeof(gh_kv_store), 0, &KvExtension::run};
    return &table;
}

void KvExtension::attach(host::Generation& generation) {
    const std::scoped_lock lock(mutex_);
    clients_.emplace(&generation, std::make_shared<Client>(generation.service(), metrics_, requests_));
}

void KvExtension::cancel(host::Generation& generation) {
    if (const auto client = find(generation)) client->cancel_all();
}

void KvExtension::detach(host::Generation& generation) {
    const std::scoped_lock lock(mutex_);
    clients_.erase(&generation);
}

std::shared_ptr<KvExtension::Client> KvExtension::find(const host::Generation& generation) const {
    const std::shared_lock lock(mutex_);
    const auto found = clients_.find(&generation);
    return found == clients_.end() ? nullptr : found->second;
}

gh_status KvExtension::run(const gh_host* host, const gh_kv_request* request, gh_kv_result* result, gh_loop* loop,
                           gh_kv_done done, void* context) {
    if (host == nullptr || request == nullptr || !GH_HAS(result, reason)) return GH_E_INVALID;
    host::HostTable& table = host::HostTable::of(host);
    KvExtension& self = table.behind<KvExtension>();
    const auto client = self.find(table.generation());
    if (!client) return GH_E_STATE;
    write_kv_result(KvAnswer{}, *result);
    IoLoop* const here = loop != nullptr ? reinterpret_cast<IoLoop*>(loop) : IoLoop::current();
    if (done == nullptr && IoLoop::current() != nullptr) return GH_E_STATE;
    if (done != nullptr && here == nullptr) return GH_E_INVALID;

    KvCommand command;
    if (const gh_status status = read_kv_request(*request, command); status != GH_OK) {
        client->count(status);
        return status;
    }
    command.service = table.service();
    if (const auto answer = self.store_.answer_now(command)) {
        client->count(answer->status);
        write_kv_result(*answer, *result);
        return answer->status;
    }
    if (done == nullptr) {
        const KvAnswer answer = client->wait_for_answer(self.store_, std::move(command));
        write_kv_result(answer, *result);
        return answer.status;
    }
    client->begin(std::make_shared<Pending>(table.operations(), *here, done, context), self.store_, std::move(command));
    return GH_PENDING;
}

}  // namespace gatehouse::extensions
