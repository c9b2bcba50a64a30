#include "gateway/host/elf_lint.hpp"

#include <gatehouse/abi.h>
#include <gnu/libc-version.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/host/elf_image.hpp"

namespace gatehouse::host {

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#endif

constexpr int kVersionsMax = 10'000;

struct Note {
    std::uint32_t type;
    std::string_view name, text;
};

// All notes of a PT_NOTE-style region: three words, then name and text, each padded to four octets.
std::vector<Note> notes_in(std::span<const std::byte> content) {
    std::vector<Note> notes;
    std::uint64_t at = 0;
    while (const auto words = ElfImage::load<std::array<std::uint32_t, 3>>(content, at)) {
        const auto [name_size, text_size, type] = *words;
        const std::uint64_t name_at = at + 12;
        const std::uint64_t text_at = name_at + ((std::uint64_t{name_size} + 3) & ~std::uint64_t{3});
        const std::uint64_t end = text_at + ((std::uint64_t{text_size} + 3) & ~std::uint64_t{3});
        if (end > content.size()) break;
        const char* const base = reinterpret_cast<const char*>(content.data());
        notes.push_back({type, {base + name_at, name_size}, {base + text_at, text_size}});
        at = end;
    }
    return notes;
}

std::string_view trim_zeros(std::string_view text) { return text.substr(0, text.find('\0')); }

// The value of "key=value\n" in the note's text.
std::string_view note_value(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (line.starts_with(key) && line.substr(key.size()).starts_with('=')) return line.substr(key.size() + 1);
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return {};
}

bool parse_version(std::string_view text, int& major, int& minor) {
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, major);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return false;
    return std::from_chars(first.ptr + 1, end, minor).ec == std::errc();
}

std::string read_note(const ElfImage& image, PluginFile& file) {
    const auto* const section = image.section(GH_NOTE_SECTION);
    if (section == nullptr)
        return "it is no Gatehouse plugin: no note " GH_NOTE_SECTION " (build it with add_gatehouse_plugin())";
    for (const Note& note : notes_in(image.bytes(*section))) {
        if (note.type != GH_NOTE_TYPE || trim_zeros(note.name) != "GH") continue;
        const std::string_view text = trim_zeros(note.text);
        file.id = note_value(text, "id");
        file.version = note_value(text, "version");
        file.sdk = note_value(text, "sdk");
        if (file.id.empty() || !parse_version(note_value(text, "abi"), file.abi_major, file.abi_minor)) break;
        if (file.abi_major == GH_ABI_MAJOR) return {};
        return "it is built for plugin ABI " + std::to_string(file.abi_major) + ", this host offers " +
               std::to_string(GH_ABI_MAJOR);
    }
    return "its note " GH_NOTE_SECTION " cannot be read";
}

void read_build_id(const ElfImage& image, PluginFile& file) {
    const auto* const section = image.section(".note.gnu.build-id");
    if (section == nullptr) return;
    static constexpr char kHex[] = "0123456789abcdef";
    for (const Note& note : notes_in(image.bytes(*section))) {
        if (note.type != NT_GNU_BUILD_ID || note.text.size() > 64) continue;
        for (const char byte : note.text) {
            file.build_id += kHex[static_cast<unsigned char>(byte) >> 4];
            file.build_id += kHex[static_cast<unsigned char>(byte) & 15];
        }
        return;
    }
}

std::string check_dynamic(const ElfImage& image, PluginFile& file) {
    const auto* const strings = image.section(".dynstr");
    if (strings == nullptr) return "it has no dynamic section";
    const auto text = image.bytes(*strings);
    for (const Elf64_Dyn& entry : image.dynamic()) {
        const std::uint64_t value = entry.d_un.d_val;
        switch (entry.d_tag) {
            case DT_NEEDED: file.needed.push_back(image.string_at(text, value)); break;
            case DT_SONAME:
                return "it has a SONAME: a second copy would not be loaded (link with -Wl,-soname= removed)";
            case DT_TEXTREL: return "it has text relocations (compile with -fPIC)";
            case DT_FLAGS:
                if ((value & DF_STATIC_TLS) != 0) return "it uses static TLS, of which only a few fit a process";
                if ((value & DF_TEXTREL) != 0) return "it has text relocations (compile with -fPIC)";
                break;
            case DT_FLAGS_1:
                if ((value & DF_1_NODELETE) != 0) return "it is marked NODELETE and could never be unloaded";
                if ((value & DF_1_NOOPEN) != 0) return "it is marked NOOPEN and cannot be loaded";
                break;
            default: break;
        }
    }
    for (const std::string& name : file.needed) {
        for (const std::string_view allocator : {"libjemalloc", "libtcmalloc", "libmimalloc"}) {
            if (name.starts_with(allocator)) return "it brings a second allocator: " + name;
        }
    }
    return {};
}

std::string check_symbols(const ElfImage& image) {
    std::string unexpected;
    bool has_entry = false;
    for (const auto& [symbol, name] : image.symbols(".dynsym", ".dynstr")) {
        const auto binding = ELF64_ST_BIND(symbol.st_info);
        if (symbol.st_shndx == SHN_UNDEF || binding == STB_LOCAL) continue;
        if (binding == STB_GNU_UNIQUE) {
            return "it exports the unique symbol " + name +
                   ", which pins it and is shared between generations (link with "
                   "the SDK's version script and -fno-gnu-unique)";
        }
        if (name == GH_PLUGIN_ENTRY_NAME) {
            has_entry = true;
        } else if (!name.empty() && symbol.st_shndx != SHN_ABS && unexpected.empty()) {
            unexpected = name;
        }
    }
    if (!has_entry) return "it does not export " GH_PLUGIN_ENTRY_NAME;
    if (!unexpected.empty())
        return "it exports " + unexpected + " besides the entry (link with the SDK's version script)";
    for (const auto& [symbol, name] : image.symbols(".symtab", ".strtab")) {
        if (symbol.st_shndx != SHN_UNDEF && name == "sqlite3_initialize") {
            return "it contains its own copy of SQLite: two copies in a process lose file locks (link the shared "
                   "libsqlite3)";
        }
    }
    return {};
}

std::string check_stack(const ElfImage& image) {
    for (const Elf64_Phdr& segment : image.segments()) {
        if (segment.p_type == PT_GNU_STACK && (segment.p_flags & PF_X) != 0) return "it asks for an executable stack";
    }
    return {};
}

// Highest GLIBC_x.y that .gnu.version_r asks for, against the one that runs here.
std::string check_glibc(const ElfImage& image) {
    const auto* const needs = image.section(".gnu.version_r");
    const auto* const strings = image.section(".dynstr");
    if (needs == nullptr || strings == nullptr) return {};
    int host_major = 0, host_minor = 0;
    if (!parse_version(gnu_get_libc_version(), host_major, host_minor)) return {};
    const auto content = image.bytes(*needs);
    const auto text = image.bytes(*strings);
    std::uint64_t at = 0;
    int versions_seen = 0;  // in all: entries that point at each other must not keep it busy
    for (int files = 0; files < 1024; ++files) {
        const auto need = ElfImage::load<Elf64_Verneed>(content, at);
        if (!need) return {};
        std::uint64_t version_at = at + need->vn_aux;
        for (int versions = 0; versions < need->vn_cnt; ++versions) {
            const auto version = ElfImage::load<Elf64_Vernaux>(content, version_at);
            if (!version) return {};
            if (++versions_seen > kVersionsMax) return "its list of needed versions has no end";
            const std::string name = image.string_at(text, version->vna_name);
            int major = 0, minor = 0;
            if (name.starts_with("GLIBC_") && parse_version(name.substr(6), major, minor) &&
                std::pair(major, minor) > std::pair(host_major, host_minor)) {
                return "it needs " + name + ", this machine has glibc " + gnu_get_libc_version();
            }
            if (version->vna_next == 0) break;
            version_at += version->vna_next;
        }
        if (need->vn_next == 0) return {};
        at += need->vn_next;
    }
    return {};
}

void read_toolchain(const ElfImage& image, PluginFile& file) {
    if (const auto* const section = image.section(".comment"))
        file.toolchain = image.string_at(image.bytes(*section), 0);
}

}  // namespace

Result<PluginFile> lint_plugin(const std::filesystem::path& path) {
    const auto image = ElfImage::read(path);
    if (!image) return image.error();
    const auto refuse = [&](const std::string& why) { return Error{path.string() + ": " + why}; };
    if (image->header().e_machine != kMachine) return refuse("it is built for another processor");

    PluginFile file;
    if (const auto why = read_note(*image, file); !why.empty()) return refuse(why);
    if (const auto why = check_dynamic(*image, file); !why.empty()) return refuse(why);
    if (const auto why = check_symbols(*image); !why.empty()) return refuse(why);
    if (const auto why = check_stack(*image); !why.empty()) return refuse(why);
    if (const auto why = check_glibc(*image); !why.empty()) return refuse(why);
    read_build_id(*image, file);
    read_toolchain(*image, file);
    return file;
}

}  // namespace gatehouse::host
