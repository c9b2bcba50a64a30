#include "gateway/host/lent_bytes.hpp"

#include <cstdlib>
#include <cstring>

#include "gateway/host/operations.hpp"

namespace gatehouse::host {

namespace {

// In front of the octets.
struct Loan {
    Operations* borrower;
};

void give_back(void* owner) {
    Operations* const borrower = static_cast<Loan*>(owner)->borrower;
    std::free(owner);
    borrower->give_back_bytes();
}

}  // namespace

gh_bytes lend(Operations& borrower, std::string_view text) {
    void* const memory = std::malloc(sizeof(Loan) + text.size());
    if (memory == nullptr) return {};
    auto* const octets = static_cast<std::uint8_t*>(memory) + sizeof(Loan);
    *static_cast<Loan*>(memory) = {&borrower};
    std::memcpy(octets, text.data(), text.size());
    borrower.lend_bytes();
    return {octets, text.size(), &give_back, memory};
}

}  // namespace gatehouse::host
