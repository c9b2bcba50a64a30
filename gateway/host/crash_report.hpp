#pragma once

#include <cstdint>
#include <filesystem>

namespace gatehouse::host {

class Generation;

// Tells what a crash (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT) interrupted: signal, thread, and of the plugin that the
// thread was in its id, version, build id and generation, the route, the request's id and what it was doing; then a raw
// backtrace as file+offset, for addr2line. Written to standard error and to a file, after which the signal takes its
// default action: the core dump is that of the crash. Nothing is recovered, nothing allocated, no lock taken.
//
//   === gatehouse crashed: SIGSEGV at 0x0
//   time=1763683200 pid=4711 thread=gh-posts tid=4720
//   service=posts plugin=posts version=1.0.0 build-id=5f2a… generation=3
//   doing=handler route=GET /api/posts/{id} request=0192e1c4-…
//   #0 /tmp/gatehouse/4711-x/posts-3-5f2a.so+0x1a2b
struct CrashReportOptions {
    // Both are appended to, and made with their directory if they are not there.
    std::filesystem::path report;   // empty: standard error alone
    std::filesystem::path history;  // a line for each crash inside a plugin: "UNIX-SECONDS SERVICE VERSION BUILD-ID"
};

// For the whole process, once; called again it changes the files. Does nothing in a build with a sanitizer, whose own
// reports say more.  [main]
void install_crash_report(const CrashReportOptions& options);
// Whether this build has them.
bool has_crash_report();

// Which memory belongs to which plugin, for crashes on threads that the host did not send there. address: anything in
// the plugin's file. Remembers up to 512.  [lifecycle]
class PluginMapping final {
public:
    PluginMapping(const Generation& generation, const void* address);
    ~PluginMapping();
    PluginMapping(const PluginMapping&) = delete;
    PluginMapping& operator=(const PluginMapping&) = delete;

private:
    void* entry_ = nullptr;
};

}  // namespace gatehouse::host
