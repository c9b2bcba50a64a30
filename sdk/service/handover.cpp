// gh.handover/1 over a service that derives from Handover. No exception passes the border.
#include <gatehouse/handover.hpp>

#include <utility>

#include "sdk/service/context_state.hpp"
#include "sdk/service/extensions.hpp"
#include "sdk/service/views.hpp"

namespace gatehouse::detail {

namespace {

Handover* handover_of(Instance& instance) { return dynamic_cast<Handover*>(instance.service.get()); }

template <class Step>
gh_status sealed(Instance& instance, const char* what, Step step) noexcept {
    try {
        return step(*handover_of(instance));
    } catch (...) {
        try {
            instance.context.log().error(what, {{"error", describe_current_exception()}});
        } catch (...) {  // out of memory: the status has to do
        }
        return GH_E_INTERNAL;
    }
}

gh_status export_state(void* self, gh_str* schema, gh_handover_sink sink, void* sink_context) {
    Instance& instance = *static_cast<Instance*>(self);
    return sealed(instance, "the state could not be exported", [&](Handover& service) {
        auto state = service.export_state();
        if (!state) return static_cast<gh_status>(GH_E_UNSUPPORTED);
        instance.handover_schema = std::move(state->schema);
        *schema = to_str(instance.handover_schema);
        return sink(sink_context, state->bytes.data(), state->bytes.size());
    });
}

gh_status import_state(void* self, gh_str schema, const void* bytes, std::size_t size) {
    return sealed(*static_cast<Instance*>(self), "the state could not be imported", [&](Handover& service) {
        const std::string_view text =
            size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(bytes), size);
        return service.import_state(to_view(schema), text) ? GH_OK : GH_E_UNSUPPORTED;
    });
}

}  // namespace

const gh_handover* handover_table(Instance& instance) {
    static constexpr gh_handover kTable{sizeof(gh_handover), 0, &export_state, &import_state};
    return handover_of(instance) == nullptr ? nullptr : &kTable;
}

}  // namespace gatehouse::detail
