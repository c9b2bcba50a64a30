#pragma once

#include <elf.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

namespace gatehouse::host {

// A 64-bit little-endian ELF shared object, read whole. The file may be hostile: every access checks its bounds, and
// what lies outside reads as absent.
class ElfImage final {
public:
    static Result<ElfImage> read(const std::filesystem::path& file);

    const Elf64_Ehdr& header() const { return header_; }
    const std::vector<Elf64_Phdr>& segments() const { return segments_; }

    struct Section {
        Elf64_Shdr header;
        std::string name;
    };
    const std::vector<Section>& sections() const { return sections_; }
    const Section* section(std::string_view name) const;
    std::span<const std::byte> bytes(const Section& section) const;
    std::span<const std::byte> bytes(std::uint64_t offset, std::uint64_t size) const;

    // All entries of the dynamic section up to DT_NULL.
    std::vector<Elf64_Dyn> dynamic() const;

    struct Symbol {
        Elf64_Sym entry;
        std::string name;
    };
    // table: ".dynsym" with ".dynstr", or ".symtab" with ".strtab".
    std::vector<Symbol> symbols(std::string_view table, std::string_view strings) const;

    // The zero-ended string at that offset of a string table; empty when out of bounds.
    std::string string_at(std::span<const std::byte> table, std::uint64_t offset) const;

    template <class T>
    static std::optional<T> load(std::span<const std::byte> from, std::uint64_t offset) {
        if (offset > from.size() || from.size() - offset < sizeof(T)) return std::nullopt;
        T value;
        std::memcpy(&value, from.data() + offset, sizeof(T));
        return value;
    }

private:
    std::string parse();

    std::vector<std::byte> content_;
    Elf64_Ehdr header_{};
    std::vector<Elf64_Phdr> segments_;
    std::vector<Section> sections_;
};

}  // namespace gatehouse::host
