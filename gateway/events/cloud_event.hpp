#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/events/event.hpp"

// Events on the wire: CloudEvents 1.0 in JSON, structured mode (the "JSON Event Format", application/cloudevents+json).
//
//   {"specversion":"1.0","id":"…","source":"posts","type":"post.created","subject":"post/7","time":"…Z",
//    "datacontenttype":"application/json","traceparent":"…","sequence":"42","data":{…}}
//
// `sequence` and `traceparent` are the documented extension attributes of these names.
namespace gatehouse::events {

inline constexpr std::string_view kCloudEventType = "application/cloudevents+json";
inline constexpr std::size_t kCloudEventBytesMax = kDataBytesMax + 16 * 1024;

// REQUIRES: fault_of(event) is empty and data is JSON text, or empty.
std::string encode(const Event& event);

// Strict: bounded sizes and depth, no attribute twice, no binary data, every attribute as fault_of() wants it.
// Extension attributes that are not known are left out. `data` comes out as it stands in the text, not written anew.
Result<Event> decode(std::string_view text);

}  // namespace gatehouse::events
