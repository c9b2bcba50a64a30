#include "gateway/host/handover.hpp"

#include <gatehouse/ext/handover.h>

#include "gateway/host/library.hpp"
#include "gateway/host/lifecycle.hpp"
#include "gateway/host/step.hpp"

namespace gatehouse::host {

namespace {

constexpr Duration kTimeout = 2s;
constexpr std::size_t kBytesMax = 16u * 1024 * 1024;

struct Parcel {
    std::string schema, bytes;
    bool is_too_large = false;
    gh_status exported = GH_E_UNSUPPORTED, imported = GH_E_UNSUPPORTED;

    static gh_status take(void* context, const void* piece, std::size_t size) {
        Parcel& self = *static_cast<Parcel*>(context);
        if (self.is_too_large || size > kBytesMax - self.bytes.size()) {
            self.is_too_large = true;
            return GH_E_LIMIT;
        }
        self.bytes.append(static_cast<const char*>(piece), size);
        return GH_OK;
    }
};

Handover failed(std::string why) { return {Handover::Result::failed, std::move(why), 0}; }

}  // namespace

Handover Lifecycle::hand_over(const std::shared_ptr<Generation>& from, const std::shared_ptr<Generation>& to) {
    const auto table_of = [](const Generation& generation) -> const gh_handover* {
        const gh_plugin& plugin = generation.library_->plugin();
        if (plugin.extension == nullptr || generation.self_ == nullptr) return nullptr;
        return static_cast<const gh_handover*>(plugin.extension(generation.self_, GH_EXT_HANDOVER));
    };
    const gh_handover* const giver = table_of(*from);
    const gh_handover* const taker = table_of(*to);
    if (!GH_HAS(giver, export_state) || giver->export_state == nullptr) return {};
    if (!GH_HAS(taker, import_state) || taker->import_state == nullptr) return {};

    const auto state = std::make_shared<Parcel>();
    const bool has_exported = run_step(kTimeout, [state, from, giver] {
        const Breadcrumb here(from.get(), Activity::handover);
        gh_str schema{};
        state->exported = giver->export_state(from->self_, &schema, &Parcel::take, state.get());
        state->schema.assign(schema.ptr == nullptr ? "" : schema.ptr, schema.len);
    });
    if (!has_exported) {
        from->is_stuck_ = true;
        return failed("export_state hangs");
    }
    if (state->is_too_large) return failed("the state is larger than 16 MiB");
    if (state->exported != GH_OK) return failed("export_state failed with status " + std::to_string(state->exported));

    const bool has_imported = run_step(kTimeout, [state, to, taker] {
        const Breadcrumb here(to.get(), Activity::handover);
        const gh_str schema{state->schema.data(), state->schema.size()};
        state->imported = taker->import_state(to->self_, schema, state->bytes.data(), state->bytes.size());
    });
    if (!has_imported) {
        to->is_stuck_ = true;
        return failed("import_state hangs");
    }
    if (state->imported == GH_OK) return {Handover::Result::done, {}, state->bytes.size()};
    if (state->imported == GH_E_UNSUPPORTED) return {Handover::Result::unknown_schema, {}, state->bytes.size()};
    return failed("import_state failed with status " + std::to_string(state->imported));
}

}  // namespace gatehouse::host
