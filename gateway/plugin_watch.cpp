#include "gateway/plugin_watch.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace gatehouse {

namespace {

constexpr Duration kSettleTime = 200ms;
constexpr std::uint32_t kRenamed = IN_MOVED_TO;
constexpr std::uint32_t kMarked = IN_CLOSE_WRITE | IN_MOVED_TO | IN_ATTRIB;

// "posts" for a complete posts.so or its marker; empty for everything else.
std::string plugin_of(std::string_view name, std::uint32_t what) {
    constexpr std::string_view kLibrary = ".so", kMarker = ".so.ready";
    if (name.starts_with('.')) return {};
    if (name.ends_with(kMarker) && (what & kMarked) != 0) {
        return std::string(name.substr(0, name.size() - kMarker.size()));
    }
    if (name.ends_with(kLibrary) && (what & kRenamed) != 0) {
        return std::string(name.substr(0, name.size() - kLibrary.size()));
    }
    return {};
}

}  // namespace

PluginWatch::PluginWatch(const std::filesystem::path& directory, std::function<void(const std::string&)> changed)
    : changed_(std::move(changed)) {
    events_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    stop_ = ::eventfd(0, EFD_CLOEXEC);
    if (events_ < 0 || stop_ < 0 || ::inotify_add_watch(events_, directory.c_str(), kRenamed | kMarked) < 0) {
        error_ = directory.string() + ": " + std::strerror(errno);
        return;
    }
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "gh-watch");
}

PluginWatch::~PluginWatch() {
    if (thread_.joinable()) {
        static_cast<void>(::eventfd_write(stop_, 1));
        thread_.join();
    }
    if (events_ >= 0) ::close(events_);
    if (stop_ >= 0) ::close(stop_);
}

void PluginWatch::run() {
    for (;;) {
        std::array<pollfd, 2> waited{{{events_, POLLIN, 0}, {stop_, POLLIN, 0}}};
        ::poll(waited.data(), waited.size(), milliseconds_to_next());
        if (waited[1].revents != 0) return;
        if (waited[0].revents != 0) read_events();
        tell_due();
    }
}

void PluginWatch::read_events() {
    alignas(inotify_event) std::array<char, 4096> buffer;
    for (;;) {
        const ssize_t size = ::read(events_, buffer.data(), buffer.size());
        if (size <= 0) return;
        for (const char* at = buffer.data(); at < buffer.data() + size;) {
            const auto* const event = reinterpret_cast<const inotify_event*>(at);
            at += sizeof(inotify_event) + event->len;
            const std::string plugin = plugin_of(event->len > 0 ? event->name : "", event->mask);
            if (!plugin.empty()) due_[plugin] = Clock::now() + kSettleTime;
        }
    }
}

int PluginWatch::milliseconds_to_next() const {
    if (due_.empty()) return -1;
    TimePoint next = TimePoint::max();
    for (const auto& [plugin, when] : due_) next = std::min(next, when);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

void PluginWatch::tell_due() {
    const TimePoint now = Clock::now();
    for (auto each = due_.begin(); each != due_.end();) {
        if (each->second > now) {
            ++each;
            continue;
        }
        const std::string plugin = each->first;
        each = due_.erase(each);
        changed_(plugin);
    }
}

}  // namespace gatehouse
