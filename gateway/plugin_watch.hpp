#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "gateway/base/time.hpp"

namespace gatehouse {

// Tells which plugin files of a directory were put there anew: NAME.so was renamed into place, or NAME.so.ready was
// written or touched beside it. A file that is merely written to is never believed to be complete.
class PluginWatch final {
public:
    // changed(NAME): on the watch's own thread, a moment after the last of several changes.
    PluginWatch(const std::filesystem::path& directory, std::function<void(const std::string& plugin)> changed);
    ~PluginWatch();
    PluginWatch(const PluginWatch&) = delete;
    PluginWatch& operator=(const PluginWatch&) = delete;

    const std::string& error() const { return error_; }  // empty while it watches

private:
    void run();
    void read_events();
    int milliseconds_to_next() const;
    void tell_due();

    std::function<void(const std::string&)> changed_;
    std::string error_;
    int events_ = -1, stop_ = -1;
    std::map<std::string, TimePoint> due_;  // by plugin
    std::thread thread_;
};

}  // namespace gatehouse
