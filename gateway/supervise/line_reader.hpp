#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace gatehouse::supervise {

// Cuts what arrives on a non-blocking descriptor into lines.
class LineReader final {
public:
    static constexpr std::size_t kLineBytesMax = 16 * 1024;  // a longer line comes in pieces

    explicit LineReader(std::size_t line_bytes_max = kLineBytesMax) : line_bytes_max_(line_bytes_max) {}

    using Take = std::function<void(std::string_view line)>;
    enum class State : unsigned char { open, ended };
    // Reads what is there. At the end what is left without a line end is a line as well.
    State read(int descriptor, const Take& take);

private:
    void cut(const Take& take);

    std::size_t line_bytes_max_;
    std::string partial_;
};

}  // namespace gatehouse::supervise
