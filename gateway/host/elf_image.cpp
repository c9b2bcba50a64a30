#include "gateway/host/elf_image.hpp"

#include <fstream>

namespace gatehouse::host {

namespace {
constexpr std::uintmax_t kFileBytesMax = 512u * 1024 * 1024;
}

Result<ElfImage> ElfImage::read(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return Error{file.string() + " is not a file"};
    const auto size = std::filesystem::file_size(file, error);
    if (error) return Error{"cannot read " + file.string() + ": " + error.message()};
    if (size > kFileBytesMax) return Error{file.string() + " is larger than 512 MiB"};

    ElfImage image;
    image.content_.resize(size);
    std::ifstream stream(file, std::ios::binary);
    stream.read(reinterpret_cast<char*>(image.content_.data()), static_cast<std::streamsize>(size));
    if (!stream) return Error{"cannot read " + file.string()};
    if (std::string failure = image.parse(); !failure.empty()) return Error{file.string() + ": " + failure};
    return image;
}

std::string ElfImage::parse() {
    const auto header = load<Elf64_Ehdr>(content_, 0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return "not an ELF file, or cut short";
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB) {
        return "not a 64-bit little-endian ELF file";
    }
    header_ = *header;
    if (header_.e_type != ET_DYN) return "not a shared library";
    for (std::uint64_t i = 0; i < header_.e_phnum; ++i) {
        const auto segment = load<Elf64_Phdr>(content_, header_.e_phoff + i * sizeof(Elf64_Phdr));
        if (!segment) return "its program headers are cut short";
        segments_.push_back(*segment);
    }
    for (std::uint64_t i = 0; i < header_.e_shnum; ++i) {
        const auto section = load<Elf64_Shdr>(content_, header_.e_shoff + i * sizeof(Elf64_Shdr));
        if (!section) return "its section headers are cut short";
        sections_.push_back({*section, {}});
    }
    if (header_.e_shstrndx >= sections_.size()) return "it has no section names";
    const auto names = bytes(sections_[header_.e_shstrndx]);
    for (Section& section : sections_) section.name = string_at(names, section.header.sh_name);
    return {};
}

const ElfImage::Section* ElfImage::section(std::string_view name) const {
    for (const Section& section : sections_) {
        if (section.name == name) return &section;
    }
    return nullptr;
}

std::span<const std::byte> ElfImage::bytes(const Section& section) const {
    if (section.header.sh_type == SHT_NOBITS) return {};
    return bytes(section.header.sh_offset, section.header.sh_size);
}

std::span<const std::byte> ElfImage::bytes(std::uint64_t offset, std::uint64_t size) const {
    if (offset > content_.size() || content_.size() - offset < size) return {};
    return std::span(content_).subspan(offset, size);
}

std::vector<Elf64_Dyn> ElfImage::dynamic() const {
    std::vector<Elf64_Dyn> entries;
    for (const Elf64_Phdr& segment : segments_) {
        if (segment.p_type != PT_DYNAMIC) continue;
        const auto content = bytes(segment.p_offset, segment.p_filesz);
        for (std::uint64_t offset = 0;; offset += sizeof(Elf64_Dyn)) {
            const auto entry = load<Elf64_Dyn>(content, offset);
            if (!entry || entry->d_tag == DT_NULL) break;
            entries.push_back(*entry);
        }
    }
    return entries;
}

std::vector<ElfImage::Symbol> ElfImage::symbols(std::string_view table, std::string_view strings) const {
    std::vector<Symbol> result;
    const Section* const entries = section(table);
    const Section* const names = section(strings);
    if (entries == nullptr || names == nullptr) return result;
    const auto content = bytes(*entries);
    const auto text = bytes(*names);
    for (std::uint64_t offset = 0;; offset += sizeof(Elf64_Sym)) {
        const auto symbol = load<Elf64_Sym>(content, offset);
        if (!symbol) return result;
        result.push_back({*symbol, string_at(text, symbol->st_name)});
    }
}

std::string ElfImage::string_at(std::span<const std::byte> table, std::uint64_t offset) const {
    if (offset >= table.size()) return {};
    const char* const begin = reinterpret_cast<const char*>(table.data()) + offset;
    const std::size_t room = table.size() - offset;
    const void* const end = std::memchr(begin, 0, room);
    return end == nullptr ? std::string() : std::string(begin, static_cast<const char*>(end));
}

}  // namespace gatehouse::host
