// What decode() takes is within its bounds, and comes back the same from what encode() makes of it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/events/cloud_event.hpp"
#include "gateway/events/event_batch.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gatehouse::events;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static_cast<void>(read_batch(text));
    const auto event = decode(text);
    if (!event) return 0;
    if (!fault_of(*event).empty()) std::abort();
    if (!event->data.empty() && !is_json(event->data)) std::abort();
    const auto again = decode(encode(*event));
    if (!again || !(*again == *event)) std::abort();
    return 0;
}
