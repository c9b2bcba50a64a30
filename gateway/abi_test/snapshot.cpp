#include "gateway/abi_test/snapshot.hpp"

#include <dirent.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cfenv>
#include <climits>
#include <clocale>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <sstream>

// Present only when the program was built with AddressSanitizer, whose allocator mallinfo2() knows nothing of.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace gatehouse::abi_test {

namespace {

std::set<int> numbers_in(const char* directory) {
    std::set<int> numbers;
    DIR* const opened = ::opendir(directory);
    if (opened == nullptr) return numbers;
    const int own = ::dirfd(opened);
    while (const dirent* const entry = ::readdir(opened)) {
        const int number = std::atoi(entry->d_name);
        if (entry->d_name[0] != '.' && number != own) numbers.insert(number);
    }
    ::closedir(opened);
    return numbers;
}

std::size_t free_keys() {
    std::vector<pthread_key_t> keys;
    pthread_key_t key{};
    while (keys.size() < PTHREAD_KEYS_MAX && ::pthread_key_create(&key, nullptr) == 0) keys.push_back(key);
    for (const pthread_key_t taken : keys) ::pthread_key_delete(taken);
    return keys.size();
}

std::string line_of_status(const char* name) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(name)) return line.substr(line.find('\t') + 1);
    }
    return {};
}

template <class Set>
std::string first_new(const Set& now, const Set& before) {
    for (const auto& item : now) {
        if (!before.contains(item)) return std::to_string(item);
    }
    return {};
}

}  // namespace

Possessions Possessions::now() {
    Possessions result;
    result.threads = numbers_in("/proc/self/task");
    for (const int number : numbers_in("/proc/self/fd")) {
        char target[512];
        const std::string link = "/proc/self/fd/" + std::to_string(number);
        const ssize_t length = ::readlink(link.c_str(), target, sizeof(target));
        if (length >= 0) result.descriptors[number] = std::string(target, static_cast<std::size_t>(length));
    }
    for (const int thread : result.threads) {
        std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/children");
        for (int child = 0; file >> child;) result.children.insert(child);
    }
    result.keys = PTHREAD_KEYS_MAX - free_keys();
    return result;
}

std::string Possessions::more_than(const Possessions& before) const {
    if (const std::string id = first_new(threads, before.threads); !id.empty()) {
        std::ifstream file("/proc/self/task/" + id + "/comm");
        std::string name;
        std::getline(file, name);
        return "a thread is left (" + name + ")";
    }
    for (const auto& [number, target] : descriptors) {
        const auto found = before.descriptors.find(number);
        if (found == before.descriptors.end() || found->second != target)
            return "a descriptor is left (" + target + ")";
    }
    if (!first_new(children, before.children).empty()) return "a child process is left";
    if (keys > before.keys) return std::to_string(keys - before.keys) + " keys of pthread_key_create() are left";
    return {};
}

ProcessState ProcessState::now() {
    ProcessState result;
    const char* const locale = std::setlocale(LC_ALL, nullptr);
    result.locale = locale == nullptr ? "" : locale;
    char directory[PATH_MAX];
    result.directory = ::getcwd(directory, sizeof(directory)) == nullptr ? "" : directory;
    result.umask = line_of_status("Umask:");
    for (char** entry = environ; *entry != nullptr; ++entry) result.environment.emplace_back(*entry);
    std::sort(result.environment.begin(), result.environment.end());
    for (int signal = 1; signal < NSIG; ++signal) {
        struct sigaction action {};
        ::sigaction(signal, nullptr, &action);
        result.handlers.push_back(reinterpret_cast<const void*>(action.sa_handler));
    }
    return result;
}

std::string ProcessState::difference(const ProcessState& before) const {
    if (locale != before.locale) return "changes the locale to " + locale;
    if (directory != before.directory) return "changes the working directory to " + directory;
    if (umask != before.umask) return "changes the umask to " + umask;
    if (environment != before.environment) {
        std::vector<std::string> changed;
        std::set_symmetric_difference(environment.begin(), environment.end(), before.environment.begin(),
                                      before.environment.end(), std::back_inserter(changed));
        const std::string& first = changed.empty() ? std::string("?") : changed.front();
        return "changes the environment (" + first.substr(0, first.find('=')) + ")";
    }
    for (std::size_t i = 0; i < handlers.size(); ++i) {
        if (handlers[i] != before.handlers[i]) return "changes the handler of signal " + std::to_string(i + 1);
    }
    return {};
}

std::string thread_state() {
    sigset_t mask{};
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    std::string text;
    for (int signal = 1; signal < NSIG; ++signal) text += ::sigismember(&mask, signal) == 1 ? '1' : '0';
    return text + " rounding " + std::to_string(std::fegetround());
}

Consumption Consumption::now() {
    Consumption result;
    const bool is_sanitized = &__sanitizer_get_current_allocated_bytes != nullptr;
    result.heap_bytes = is_sanitized ? __sanitizer_get_current_allocated_bytes() : ::mallinfo2().uordblks;
    std::ifstream memory("/proc/self/statm");
    std::size_t total = 0, resident = 0;
    memory >> total >> resident;
    result.resident_bytes = resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    std::ifstream maps("/proc/self/maps");
    result.mappings = static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(maps), {}, '\n'));
    result.descriptors = numbers_in("/proc/self/fd").size();
    result.threads = numbers_in("/proc/self/task").size();
    return result;
}

}  // namespace gatehouse::abi_test
