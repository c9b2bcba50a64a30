#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "gateway/abi_test/instance.hpp"
#include "gateway/abi_test/plugin_file.hpp"

namespace gatehouse::abi_test {

struct Input;

// What a rule works with: the plugin, a world to run it in, and verbs. A rule that cannot go on ends the process.
class Bench final {
public:
    struct Options {
        std::filesystem::path plugin;
        std::string config = "{}";
        int iterations = 2000;
    };
    Bench(const Options& options, Findings& findings, GuardedMemory& memory, const char* rule)
        : options_(options), findings_(findings), rule_(rule), world_(findings, memory) {}

    Findings& findings() { return findings_; }
    World& world() { return world_; }
    int iterations() const { return options_.iterations; }
    void find(const std::string& text) { findings_.add(rule_, text); }

    // The first copy of the plugin, loaded once; and a further one.
    const gh_plugin& plugin();
    std::unique_ptr<host::Library> load();
    // The configuration; the same data directory every time.
    const std::string& config();

    std::unique_ptr<Instance> created(const Manner& manner = {}) { return created(plugin(), manner); }
    std::unique_ptr<Instance> created(const gh_plugin& plugin, const Manner& manner);
    std::unique_ptr<Instance> started(const Manner& manner = {}) { return started(plugin(), manner); }
    std::unique_ptr<Instance> started(const gh_plugin& plugin, const Manner& manner);

    // One request, which has to be ended in time. when: for the report ("after the client has gone").
    void request(Instance& instance, const Route& route, const Input& input, const std::string& when = "");
    // Ordinary requests to every route, one after the other.
    void exercise(Instance& instance, int times = 1);
    // Many at once, over all loops and workers.
    void burst(Instance& instance, std::size_t requests);
    // Hostile ones to every route.
    void flood(Instance& instance, int requests_per_route);

private:
    const Options& options_;
    Findings& findings_;
    const char* rule_;
    Scratch scratch_;
    std::string config_;
    std::unique_ptr<host::Library> library_;
    World world_;
};

}  // namespace gatehouse::abi_test
