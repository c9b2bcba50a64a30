// Rules about a plugin's table, its creation and what it sees of the host.
#include <dlfcn.h>
#include <gatehouse/ext/admin.h>
#include <gatehouse/ext/handover.h>
#include <gatehouse/ext/migrations.h>
#include <gatehouse/ext/openapi.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <ctime>

#include "gateway/abi_test/rules.hpp"
#include "gateway/abi_test/snapshot.hpp"

namespace gatehouse::abi_test {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::int64_t kCreateTimeMaxMs = 1000;
#else
constexpr std::int64_t kCreateTimeMaxMs = 100;
#endif
constexpr int kHealthChecks = 20;
constexpr int kRegistrationsMax = 200;

std::string_view view(gh_str text) { return {text.ptr, text.len}; }

bool is_json_or_empty(gh_str text) {
    if (text.len == 0) return true;
    boost::system::error_code error;
    const auto value = boost::json::parse(boost::json::string_view(text.ptr, text.len), error);
    return !error && value.is_object();
}

// "1.2.3" with anything behind it.
bool is_version(std::string_view text) {
    const auto dots = std::count(text.begin(), text.end(), '.');
    return !text.empty() && text.front() >= '0' && text.front() <= '9' && dots >= 2;
}

std::int64_t processor_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

void check_known_extensions(Bench& bench, Instance& instance) {
    const gh_plugin& plugin = bench.plugin();
    void* const self = instance.self();
    for (const char* unknown : {"gh.unknown/9", "", "gh.openapi/2", "GH.OPENAPI/1"}) {
        if (plugin.extension(self, unknown) != nullptr)
            bench.find(std::string("claims to implement '") + unknown + "'");
    }
    for (const char* id : {GH_EXT_OPENAPI, GH_EXT_MIGRATIONS, GH_EXT_HANDOVER, GH_EXT_ADMIN}) {
        if (plugin.extension(self, id) != plugin.extension(self, id))
            bench.find(std::string(id) + " is another one each time");
    }
    const auto* const openapi = static_cast<const gh_openapi*>(plugin.extension(self, GH_EXT_OPENAPI));
    if (openapi != nullptr && (!GH_HAS(openapi, document) || openapi->document == nullptr)) {
        bench.find("gh.openapi/1 is not whole");
    } else if (openapi != nullptr && !is_json_or_empty(openapi->document(self))) {
        bench.find("its OpenAPI document is no JSON object");
    }
    const auto* const migrations = static_cast<const gh_migrations*>(plugin.extension(self, GH_EXT_MIGRATIONS));
    if (migrations != nullptr &&
        (!GH_HAS(migrations, up) || migrations->status == nullptr || migrations->up == nullptr)) {
        bench.find("gh.migrations/1 is not whole");
    }
    const auto* const handover = static_cast<const gh_handover*>(plugin.extension(self, GH_EXT_HANDOVER));
    if (handover != nullptr &&
        (!GH_HAS(handover, import_state) || handover->export_state == nullptr || handover->import_state == nullptr)) {
        bench.find("gh.handover/1 is not whole");
    }
    const auto* const admin = static_cast<const gh_admin*>(plugin.extension(self, GH_EXT_ADMIN));
    if (admin != nullptr && (!GH_HAS(admin, run) || admin->commands == nullptr || admin->run == nullptr)) {
        bench.find("gh.admin/1 is not whole");
    }
}

}  // namespace

void check_table(Bench& bench) {
    const auto library = bench.load();
    const gh_plugin& plugin = library->plugin();
    void* const handle = ::dlopen(library->copy().c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    const auto entry =
        reinterpret_cast<gh_plugin_entry_fn>(handle == nullptr ? nullptr : ::dlsym(handle, GH_PLUGIN_ENTRY_NAME));
    if (entry != nullptr && (entry() != &plugin || entry() != entry()))
        bench.find("the entry returns another table each time");
    if (handle != nullptr) ::dlclose(handle);
    if (plugin.size < kFirstSize<gh_plugin>) bench.find("the table is smaller than ABI 1.0 allows");
    if (view(plugin.id) != library->file().id) bench.find("table and note disagree on the id");
    if (view(plugin.version) != library->file().version) bench.find("table and note disagree on the version");
    if (!is_version(view(plugin.version))) bench.find("the version is no semantic version");
    for (const gh_str text : {plugin.sdk, plugin.description, plugin.config_schema, plugin.openapi}) {
        if (text.ptr == nullptr && text.len != 0) bench.find("a text of the table is NULL with a length");
    }
    if (!is_json_or_empty(plugin.config_schema)) bench.find("config_schema is no JSON object");
    if (!is_json_or_empty(plugin.openapi)) bench.find("openapi is no JSON object");
    for (const char* const* need = plugin.needs; need != nullptr && *need != nullptr; ++need) {
        if (!is_offered(*need)) bench.find(std::string("needs ") + *need + ", which this test does not offer");
    }
}

void check_create(Bench& bench) {
    bench.created()->destroy();  // what happens once in a process is forgiven
    std::int64_t quickest_ms = INT64_MAX;
    for (int i = 0; i < 3; ++i) {
        const Possessions before = Possessions::now();
        const std::int64_t begin = processor_ms();
        const auto instance = bench.created();
        quickest_ms = std::min(quickest_ms, processor_ms() - begin);
        if (const std::string more = Possessions::now().more_than(before); !more.empty())
            bench.find("in create(): " + more);
        instance->destroy();
    }
    if (quickest_ms > kCreateTimeMaxMs)
        bench.find("create() takes " + std::to_string(quickest_ms) + " ms of processor time");
    const auto instance = bench.started();
    bench.exercise(*instance);
    instance->shut_down();
}

void check_registration(Bench& bench) {
    const auto instance = bench.started();
    bench.exercise(*instance, 2);
    instance->shut_down();
}

void check_refused_registration(Bench& bench) {
    for (int refused = 1; refused < kRegistrationsMax; ++refused) {
        Manner manner;
        manner.refuse_registration = refused;
        Instance instance(bench.world(), bench.plugin(), manner);
        const bool is_created = instance.create(bench.config());
        if (is_created && instance.registrations() < refused) return instance.destroy();  // that was the last one
        if (!is_created) {
            if (instance.pending() != 0) bench.find("operations are left after a create() that failed");
            continue;
        }
        if (instance.start()) bench.exercise(instance);
        instance.shut_down();
    }
}

void check_hooks(Bench& bench) {
    for (int life = 0; life < 2; ++life) {
        const auto instance = bench.started();
        for (int i = 0; i < kHealthChecks; ++i) instance->health();
        instance->shut_down();
    }
}

void check_extensions(Bench& bench) {
    const auto instance = bench.started();
    if (bench.plugin().extension != nullptr) {
        bench.world().step(rule::kExtensions, "extension()", [&] { check_known_extensions(bench, *instance); });
    }
    for (int i = 0; i < 6; ++i) bench.exercise(*instance);  // the peers answer in turns
    bench.flood(*instance, 10);
    instance->shut_down();
}

void check_no_extensions(Bench& bench) {
    Manner manner;
    manner.offers_extensions = false;
    const auto instance = bench.started(manner);
    bench.exercise(*instance, 2);
    instance->shut_down();
}

void check_table_sizes(Bench& bench) {
    for (std::uint32_t size = kFirstSize<gh_host>; size <= sizeof(gh_host); size += sizeof(void*)) {
        Manner manner;
        manner.tables = Manner::Tables::cut;
        manner.host_size = size;
        const auto instance = bench.started(manner);
        bench.exercise(*instance, 2);
        instance->shut_down();
    }
}

void check_grown_tables(Bench& bench) {
    for (const auto tables : {Manner::Tables::zeros, Manner::Tables::garbage}) {
        Manner manner;
        manner.tables = tables;
        const auto instance = bench.started(manner);
        bench.exercise(*instance, 2);
        instance->shut_down();
    }
}

}  // namespace gatehouse::abi_test
