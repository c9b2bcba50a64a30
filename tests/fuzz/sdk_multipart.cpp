// multipart/form-data: never a crash, and the same result whole, by octets, and in two pieces.
#include <gatehouse/multipart.hpp>
#include <gatehouse/problem.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

struct Collector final : gatehouse::MultipartSink {
    void on_part(const gatehouse::MultipartPart& part) override {
        if (part.name.find('\0') != std::string::npos) std::abort();
        text += "[" + part.name + "|" + part.filename.value_or("-") + "|" + part.content_type + ":";
    }
    void on_data(std::string_view bytes) override {
        if (bytes.empty()) std::abort();
        text += bytes;
    }
    void on_part_end() override { text += "]"; }
    std::string text;
};

std::string parse(std::string_view body, std::size_t piece) {
    Collector collector;
    gatehouse::MultipartParser parser("B", collector, {.parts = 4, .head_bytes = 256, .preamble_bytes = 64});
    try {
        for (std::size_t at = 0; at < body.size(); at += piece) parser.feed(body.substr(at, piece));
        parser.finish();
    } catch (const gatehouse::Problem& problem) {
        return "! " + std::to_string(problem.status());
    }
    return collector.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const std::string whole = parse(body, size + 1);
    if (parse(body, 1) != whole || parse(body, size / 2 + 1) != whole) std::abort();
    try {
        static_cast<void>(gatehouse::multipart_boundary(body));
    } catch (const gatehouse::BadRequest&) {
    }
    return 0;
}
