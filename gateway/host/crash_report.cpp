// What runs in the handler may only call async-signal-safe functions: write, open, close, mkdir, gettid, prctl,
// clock_gettime, and of the unwinder what _dl_find_object (glibc 2.35) has freed of locks.
#include "gateway/host/crash_report.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>

#include "gateway/host/alternate_stack.hpp"
#include "gateway/host/breadcrumb.hpp"
#include "gateway/host/generation.hpp"
#include "gateway/host/signal_text.hpp"

namespace gatehouse::host {

namespace {

constexpr std::array kSignals{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr std::size_t kFramesMax = 64;
constexpr std::size_t kMappingsMax = 512;
constexpr mode_t kFileMode = 0640, kDirectoryMode = 0750;
constexpr unsigned kReportSeconds = 10;  // a report that hangs must not keep a dead process around

struct Mapping {
    std::atomic<bool> is_taken{false};
    std::atomic<const Generation*> generation{nullptr};  // stored last
    std::uintptr_t begin = 0, end = 0;
};
std::array<Mapping, kMappingsMax> mappings;

using PathText = std::array<char, PATH_MAX>;
PathText report_path, history_path;
std::atomic<bool> is_reporting{false};

void set_path(PathText& out, const std::filesystem::path& path) {
    const std::string text = path.empty() ? std::string() : std::filesystem::absolute(path).string();
    out.fill('\0');
    if (text.size() < out.size()) text.copy(out.data(), text.size());
}

void make_directory_of(const PathText& path) {
    PathText directory = path;
    if (char* const end = std::strrchr(directory.data(), '/')) *end = '\0';
    ::mkdir(directory.data(), kDirectoryMode);
}

// Even when the process is out of descriptors: standard input is of no use any more.
int open_for_append(const PathText& path) {
    if (path[0] == '\0') return -1;
    constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
    const int opened = ::open(path.data(), kFlags, kFileMode);
    if (opened >= 0 || (errno != EMFILE && errno != ENOENT)) return opened;
    if (errno == EMFILE) ::close(STDIN_FILENO);
    if (errno == ENOENT) make_directory_of(path);
    return ::open(path.data(), kFlags, kFileMode);
}

// A report goes to two places as it is written, so that what is known is there even if the next step faults.
class Report final {
public:
    Report() : file_(open_for_append(report_path)) {}
    ~Report() {
        if (file_ >= 0) ::close(file_);
    }
    Report(const Report&) = delete;
    Report& operator=(const Report&) = delete;
    SignalText& line() { return line_; }
    void end_line() {
        line_ << "\n";
        line_.write_to(STDERR_FILENO);
        if (file_ >= 0) line_.write_to(file_);
        line_.clear();
    }

private:
    int file_;
    SignalText line_;
};

std::string_view name_of(int signal) {
    switch (signal) {
        case SIGSEGV: return "SIGSEGV";
        case SIGBUS: return "SIGBUS";
        case SIGILL: return "SIGILL";
        case SIGFPE: return "SIGFPE";
        case SIGABRT: return "SIGABRT";
        default: return "signal";
    }
}

std::uintptr_t program_counter(const void* context) {
    const auto* const user = static_cast<const ucontext_t*>(context);
#if defined(__x86_64__)
    return static_cast<std::uintptr_t>(user->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
    return user->uc_mcontext.pc;
#else
    static_cast<void>(user);
    return 0;
#endif
}

struct Backtrace {
    std::array<std::uintptr_t, kFramesMax> addresses;
    std::size_t count = 0;
};

_Unwind_Reason_Code take_frame(_Unwind_Context* context, void* out) {
    auto* const trace = static_cast<Backtrace*>(out);
    int is_before_instruction = 0;
    const std::uintptr_t address = _Unwind_GetIPInfo(context, &is_before_instruction);
    if (address == 0 || trace->count == trace->addresses.size()) return _URC_END_OF_STACK;
    trace->addresses[trace->count++] = is_before_instruction != 0 ? address : address - 1;
    return _URC_NO_REASON;
}

void write_address(SignalText& line, std::uintptr_t address) {
    dl_find_object found;
    if (_dl_find_object(reinterpret_cast<void*>(address), &found) != 0) {
        line.hex(address);
        return;
    }
    const char* const name = found.dlfo_link_map->l_name;
    if (name == nullptr || *name == '\0') {
        line << "gatehouse";
    } else {
        line.foreign(name, PATH_MAX);
    }
    line << "+";
    line.hex(address - found.dlfo_link_map->l_addr);
}

// From where the signal struck on; the handler's own frames are of no interest.
void write_backtrace(Report& report, const Backtrace& trace, std::uintptr_t struck_at) {
    std::size_t first = 0;
    while (first < trace.count && trace.addresses[first] != struck_at) ++first;
    if (first == trace.count) {
        first = 0;
        report.line() << "at ";
        write_address(report.line(), struck_at);
        report.end_line();
    }
    for (std::size_t i = first; i < trace.count; ++i) {
        report.line() << "#";
        report.line().decimal(i - first) << " ";
        write_address(report.line(), trace.addresses[i]);
        report.end_line();
    }
}

const Generation* owner_of(std::uintptr_t address) {
    for (const Mapping& mapping : mappings) {
        const Generation* const generation = mapping.generation.load(std::memory_order_acquire);
        if (generation != nullptr && address >= mapping.begin && address < mapping.end) return generation;
    }
    return nullptr;
}

const Generation* owner_of(const Backtrace& trace) {
    for (std::size_t i = 0; i < trace.count; ++i) {
        if (const Generation* const found = owner_of(trace.addresses[i])) return found;
    }
    return nullptr;
}

void write_plugin(Report& report, const Generation& generation) {
    const PluginFile& file = generation.file();
    SignalText& line = report.line();
    (line << "service=").foreign(generation.service());
    (line << " plugin=").foreign(file.id);
    (line << " version=").foreign(file.version);
    (line << " build-id=").foreign(file.build_id);
    (line << " generation=").decimal(generation.number());
    report.end_line();
}

void write_activity(Report& report, const Trail::Seen& seen) {
    SignalText& line = report.line();
    line << "doing=" << to_text(seen.activity);
    if (seen.route != nullptr) {
        (line << " route=").foreign(seen.route->method);
        (line << " ").foreign(seen.route->pattern);
        (line << " request=").foreign(seen.id());
    }
    report.end_line();
}

// The thread's own breadcrumbs, the innermost first. The generation of that one, or null.
const Generation* write_trail(Report& report) {
    const Trail* const trail = Trail::find_here();
    if (trail == nullptr) return nullptr;
    const Generation* innermost = nullptr;
    for (std::size_t i = std::min(trail->depth(), Trail::kDepthMax); i-- > 0;) {
        Trail::Seen seen;
        if (!trail->read(i, seen) || seen.generation == nullptr) continue;
        if (innermost != nullptr) {
            report.line() << "called from";
            report.end_line();
        } else {
            innermost = seen.generation;
        }
        write_plugin(report, *seen.generation);
        write_activity(report, seen);
    }
    return innermost;
}

void write_history(const Generation& generation, std::int64_t now) {
    const int file = open_for_append(history_path);
    if (file < 0) return;
    SignalText line;
    (line.decimal(static_cast<std::uint64_t>(now)) << " ").foreign(generation.service());
    (line << " ").foreign(generation.file().version);
    (line << " ").foreign(generation.file().build_id) << "\n";
    line.write_to(file);
    ::close(file);
}

// Of a thread that the plugin made itself.
void write_owner(Report& report, const Generation& plugin, std::int64_t now) {
    write_plugin(report, plugin);
    write_history(plugin, now);
}

void write_head(Report& report, int signal, const siginfo_t& info, std::int64_t now) {
    std::array<char, 16> thread{};
    ::prctl(PR_GET_NAME, thread.data());
    SignalText& line = report.line();
    line << "=== gatehouse crashed: " << name_of(signal);
    if (info.si_code > 0) (line << " at ").hex(reinterpret_cast<std::uintptr_t>(info.si_addr));
    report.end_line();
    (line << "time=").decimal(static_cast<std::uint64_t>(now));
    (line << " pid=").decimal(static_cast<std::uint64_t>(::getpid()));
    (line << " thread=").foreign(thread.data());
    (line << " tid=").decimal(static_cast<std::uint64_t>(::syscall(SYS_gettid)));
    report.end_line();
}

// One report for a process: a thread that crashes meanwhile waits for its end with the process.
void claim_report() {
    while (is_reporting.exchange(true)) ::pause();
}

void write_report(int signal, const siginfo_t& info, std::uintptr_t struck_at, std::int64_t now) {
    Report report;
    write_head(report, signal, info, now);
    const Generation* plugin = write_trail(report);
    if (plugin != nullptr) write_history(*plugin, now);
    Backtrace trace;
    if (plugin == nullptr && (plugin = owner_of(struck_at)) != nullptr) write_owner(report, *plugin, now);
    _Unwind_Backtrace(&take_frame, &trace);
    if (plugin == nullptr && (plugin = owner_of(trace)) != nullptr) write_owner(report, *plugin, now);
    write_backtrace(report, trace, struck_at);
}

// Of what is written before the backtrace nothing depends on the stack being sound. A fault in here meets a blocked
// signal, and the kernel ends the process.
void on_crash(int signal, siginfo_t* info, void* context) {
    claim_report();
    ::signal(SIGALRM, SIG_DFL);
    ::alarm(kReportSeconds);
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    write_report(signal, *info, program_counter(context), now.tv_sec);
    ::alarm(0);
    ::signal(signal, SIG_DFL);
    // A fault repeats itself on return; a signal that was sent has to be sent again.
    if (info->si_code <= 0) ::raise(signal);
}

}  // namespace

void SignalText::write_to(int descriptor) const {
    std::string_view left = text();
    while (!left.empty()) {
        const ssize_t written = ::write(descriptor, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        left.remove_prefix(static_cast<std::size_t>(written));
    }
}

bool has_crash_report() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#else
    return true;
#endif
}

void install_crash_report(const CrashReportOptions& options) {
    if (!has_crash_report()) return;
    set_path(report_path, options.report);
    set_path(history_path, options.history);
    static const bool is_installed = [] {
        AlternateStack::turn_on();
        static thread_local AlternateStack for_this_thread;
        Backtrace first;  // has the unwinder's library loaded now, not in a handler
        _Unwind_Backtrace(&take_frame, &first);
        struct sigaction action {};
        action.sa_sigaction = &on_crash;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigemptyset(&action.sa_mask);
        for (const int signal : kSignals) sigaddset(&action.sa_mask, signal);
        for (const int signal : kSignals) ::sigaction(signal, &action, nullptr);
        return true;
    }();
    static_cast<void>(is_installed);
}

PluginMapping::PluginMapping(const Generation& generation, const void* address) {
    dl_find_object found;
    if (_dl_find_object(const_cast<void*>(address), &found) != 0) return;
    for (Mapping& mapping : mappings) {
        if (mapping.is_taken.exchange(true, std::memory_order_acq_rel)) continue;
        mapping.begin = reinterpret_cast<std::uintptr_t>(found.dlfo_map_start);
        mapping.end = reinterpret_cast<std::uintptr_t>(found.dlfo_map_end);
        mapping.generation.store(&generation, std::memory_order_release);
        entry_ = &mapping;
        return;
    }
}

PluginMapping::~PluginMapping() {
    if (entry_ == nullptr) return;
    auto& mapping = *static_cast<Mapping*>(entry_);
    mapping.generation.store(nullptr, std::memory_order_release);
    mapping.is_taken.store(false, std::memory_order_release);
}

}  // namespace gatehouse::host
