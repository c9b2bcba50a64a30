// gh.kv/1 of the test host: a map, the fake clock, and what the test wants to go wrong.
#pragma once

#include <gatehouse/ext/kv.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace gatehouse::testing {

class TestKv {
public:
    // What run() does, but for when the answer comes. Fills result, of the size that the plugin gave.
    gh_status run(const gh_kv_request& request, std::uint64_t now_ns, gh_kv_result& result);

    std::optional<std::string> value(const std::string& key, std::uint64_t now_ns);
    void set_value(const std::string& key, std::string value);
    void fail(gh_status status);  // GH_OK: no more
    void answer_later(bool later);
    [[nodiscard]] bool answers_later();

private:
    struct Entry {
        std::string value;
        std::uint64_t version = 0;
        std::uint64_t expires_ns = UINT64_MAX;
    };
    Entry* find(const std::string& key, std::uint64_t now_ns);
    gh_status change(const gh_kv_request& request, std::uint64_t now_ns, Entry* entry, gh_kv_result& result);
    gh_status increment(const gh_kv_request& request, std::uint64_t now_ns, Entry* entry, gh_kv_result& result);

    std::mutex mutex_;
    std::map<std::string, Entry> entries_;
    std::uint64_t last_version_ = 0;
    gh_status failure_ = GH_OK;
    bool later_ = false;
};

void fill_kv_table(gh_kv_store& table);

}  // namespace gatehouse::testing
