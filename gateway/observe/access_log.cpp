#include "gateway/observe/access_log.hpp"

#include <csignal>

#include "gateway/observe/json_text.hpp"
#include "gateway/observe/secrets.hpp"

namespace gatehouse::observe {

namespace {

constexpr std::size_t kTextMax = 1024;  // octets of a path, a query or another text before it is cut
// A line is at most its fixed parts and ten texts, each octet of which may become six.
constexpr std::size_t kBufferCapacity = AccessLog::kHandOverBytes + 64 * 1024;
constexpr std::chrono::seconds kStopWait{2};

std::string_view cut(std::string_view text) { return text.substr(0, kTextMax); }

void append_text_member(std::string& out, std::string_view key, std::string_view value) {
    out.append(key);
    append_json_text(out, cut(value));
    out.push_back('"');
}

void append_number_member(std::string& out, std::string_view key, std::uint64_t value) {
    out.append(key);
    append_unsigned(out, value);
}

void append_target(std::string& out, const AccessRecord& record) {
    out.append(R"(,"path":")");
    append_json_text(out, cut(record.path));
    if (record.has_query) {
        out.push_back('?');
        append_redacted_query(out, cut(record.query));
    }
    if (record.path.size() > kTextMax || record.query.size() > kTextMax) out.append("...");
    out.push_back('"');
}

void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

void append_access_line(std::string& out, const AccessRecord& record, std::chrono::milliseconds unix_time) {
    out.append(R"({"time":")");
    append_rfc3339(out, unix_time.count());
    append_text_member(out, R"(","request_id":")", record.request_id);
    append_text_member(out, R"(,"client":")", record.client);
    append_text_member(out, R"(,"method":")", record.method);
    append_target(out, record);
    append_number_member(out, R"(,"status":)", static_cast<std::uint64_t>(record.status < 0 ? 0 : record.status));
    if (!record.reason.empty()) append_text_member(out, R"(,"reason":")", record.reason);
    if (!record.route.empty()) append_text_member(out, R"(,"route":")", record.route);
    if (!record.service.empty()) append_text_member(out, R"(,"service":")", record.service);
    if (record.generation != 0) append_number_member(out, R"(,"generation":)", record.generation);
    if (!record.user.empty()) append_text_member(out, R"(,"user":")", record.user);
    append_number_member(out, R"(,"bytes_in":)", record.bytes_in);
    append_number_member(out, R"(,"bytes_out":)", record.bytes_out);
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(record.duration).count();
    append_number_member(out, R"(,"duration_us":)", static_cast<std::uint64_t>(microseconds < 0 ? 0 : microseconds));
    out.append("}\n");
}

struct AccessLog::LoopState {
    LoopState(AccessLog& owner, IoLoop& home) : log(owner), loop(home), timer(&LoopState::on_timer, this) {
        buffer.text.reserve(kBufferCapacity);
    }
    static void on_timer(void* self) {
        auto& state = *static_cast<LoopState*>(self);
        state.log.hand_over(state);
    }
    AccessLog& log;
    IoLoop& loop;
    Buffer buffer;
    TimerWheel::Entry timer;
};

AccessLog::AccessLog(Options options, std::vector<IoLoop*> loops)
    : options_(std::move(options)), output_(options_.to, options_.file) {
    for (IoLoop* loop : loops) states_.push_back(std::make_unique<LoopState>(*this, *loop));
    if (options_.to != Output::Target::none) writer_ = std::thread([this] { run_writer(); });
}

AccessLog::~AccessLog() { stop(); }

void AccessLog::write(IoLoop& loop, const AccessRecord& record) {
    if (options_.to == Output::Target::none || stopped_.load(std::memory_order_relaxed)) return;
    LoopState& state = *states_[loop.index()];
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    append_access_line(state.buffer.text, record, std::chrono::duration_cast<std::chrono::milliseconds>(now));
    ++state.buffer.lines;
    if (state.buffer.text.size() >= kHandOverBytes) {
        hand_over(state);
    } else if (!state.timer.is_scheduled()) {
        loop.schedule(state.timer, Clock::now() + kHandOverAge);
    }
}

void AccessLog::flush(IoLoop& loop) { hand_over(*states_[loop.index()]); }

void AccessLog::hand_over(LoopState& state) {
    if (state.buffer.lines == 0) return;
    {
        std::scoped_lock lock(mutex_);
        if (queue_.size() >= options_.backlog) {
            dropped_.fetch_add(state.buffer.lines, std::memory_order_relaxed);
            state.buffer.text.clear();
            state.buffer.lines = 0;
            return;
        }
        queue_.push_back(std::move(state.buffer));
        state.buffer = Buffer{};
        if (!spare_.empty()) {
            state.buffer = std::move(spare_.back());
            spare_.pop_back();
        }
    }
    ready_.notify_one();
    state.buffer.text.reserve(kBufferCapacity);
}

void AccessLog::run_writer() {
    block_signals();
    std::unique_lock lock(mutex_);
    while (true) {
        ready_.wait(lock, [this] { return !queue_.empty() || stopping_; });
        if (queue_.empty()) return;
        Buffer& next = queue_.front();  // stays in the queue, and counts, until it is written; push_back keeps it
        lock.unlock();
        if (!output_.write(next.text)) dropped_.fetch_add(next.lines, std::memory_order_relaxed);
        lock.lock();
        Buffer emptied = std::move(queue_.front());
        queue_.pop_front();
        emptied.text.clear();
        emptied.lines = 0;
        spare_.push_back(std::move(emptied));
        while (spare_.size() > states_.size() * 2) spare_.pop_back();
    }
}

std::size_t AccessLog::backlog() {
    std::scoped_lock lock(mutex_);
    return queue_.size();
}

void AccessLog::stop() {
    if (stopped_.exchange(true)) return;
    for (auto& state : states_) hand_over(*state);
    output_.give_up_at(std::chrono::steady_clock::now() + kStopWait);
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    ready_.notify_one();
    if (writer_.joinable()) writer_.join();
}

}  // namespace gatehouse::observe
