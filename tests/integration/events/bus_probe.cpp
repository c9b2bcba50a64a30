// One end of the event bus, in a process that the test kills whenever it likes:
//
//   bus_probe URL produce FILE EVENTS SUBJECTS     publishes EVENTS events of each subject; FILE is its outbox's
//   progress bus_probe URL consume FILE                     notes each event's effect in FILE, which is its inbox as
//   well
//
// The password is in GATEHOUSE_TEST_RABBITMQ_PASSWORD. The producer ends when all is safe; the consumer at SIGTERM.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "gateway/config/event_bus_url.hpp"
#include "gateway/events/make_bus.hpp"

namespace gatehouse::events {
namespace {

constexpr char kType[] = "thing.changed";
constexpr std::size_t kBatch = 50;

// Lines that are on the disk when append() returns.
class DurableFile final {
public:
    explicit DurableFile(const std::string& path)
        : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
        std::ifstream file(path);
        for (std::string line; std::getline(file, line) && !file.eof();) lines_.push_back(line);
    }
    ~DurableFile() { ::close(descriptor_); }
    const std::vector<std::string>& lines() const { return lines_; }
    bool append(const std::string& text) {
        return ::write(descriptor_, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
               ::fdatasync(descriptor_) == 0;
    }

private:
    int descriptor_;
    std::vector<std::string> lines_;
};

// The handler's effect and its note of having seen the event are one line: one transaction.
class Inbox final : public Subscribers {
public:
    explicit Inbox(const std::string& path) : file_(path), seen_(file_.lines().begin(), file_.lines().end()) {}
    gh_status deliver(const std::string&, const Event& event, Attempt, TimePoint) override {
        std::scoped_lock lock(mutex_);
        if (seen_.contains(event.id)) return GH_OK;
        if (++calls_ % 17 == 0) return GH_E_UNAVAILABLE;  // a database that is busy now and then
        if (!file_.append(event.id + "\n")) return GH_E_INTERNAL;
        seen_.insert(event.id);
        return GH_OK;
    }

private:
    std::mutex mutex_;
    DurableFile file_;
    std::set<std::string> seen_;
    std::size_t calls_ = 0;
};

class Nobody final : public Subscribers {
public:
    gh_status deliver(const std::string&, const Event&, Attempt, TimePoint) override { return GH_E_UNAVAILABLE; }
};

Event event_of(int subject, int number) {
    Event event;
    event.subject = "s" + std::to_string(subject);
    event.id = event.subject + "-" + std::to_string(number);
    event.source = "probe";
    event.type = kType;
    event.time = "2026-01-01T00:00:00Z";
    event.sequence = static_cast<std::uint64_t>(number);
    return event;
}

int produce(Bus& bus, const std::string& path, int events, int subjects) {
    DurableFile sent(path);
    std::set<std::string> safe(sent.lines().begin(), sent.lines().end());
    while (true) {
        std::vector<Event> batch;
        for (int number = 1; number <= events && batch.size() < kBatch; ++number) {
            for (int subject = 0; subject < subjects && batch.size() < kBatch; ++subject) {
                Event event = event_of(subject, number);
                if (!safe.contains(event.id)) batch.push_back(std::move(event));
            }
        }
        if (batch.empty()) return 0;
        std::vector<gh_status> results(batch.size(), GH_E_INTERNAL);
        bus.publish(batch, Clock::now() + 5s, results);
        std::string lines;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (results[i] != GH_OK) continue;
            lines += batch[i].id + "\n";
            safe.insert(batch[i].id);
        }
        if (!lines.empty() && !sent.append(lines)) return 1;
    }
}

int run(const std::vector<std::string>& arguments) {
    auto options = config::parse_event_bus(arguments.at(0));
    if (!options) return 2;
    if (const char* const password = std::getenv("GATEHOUSE_TEST_RABBITMQ_PASSWORD")) options->password = password;
    observe::Logger logger(observe::Logger::Options{});
    if (arguments.at(1) == "produce") {
        Nobody nobody;
        const auto bus = make_bus(*options, nobody, nullptr, logger);
        bus->set_groups({{"feed", {{kType}, false}}});  // its queue is there before the first event
        const int status = produce(*bus, arguments.at(2), std::stoi(arguments.at(3)), std::stoi(arguments.at(4)));
        bus->stop(Clock::now() + 5s);
        return status;
    }
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
    Inbox inbox(arguments.at(2));
    const auto bus = make_bus(*options, inbox, nullptr, logger);
    bus->set_groups({{"feed", {{kType}, true}}});
    int number = 0;
    ::sigwait(&ending, &number);
    bus->stop(Clock::now() + 5s);
    return 0;
}

}  // namespace
}  // namespace gatehouse::events

int main(int argc, char** argv) { return gatehouse::events::run({argv + 1, argv + argc}); }
