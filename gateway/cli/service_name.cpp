#include <algorithm>
#include <array>

#include "gateway/cli/service_template.hpp"

namespace gatehouse::cli {

namespace {

constexpr std::size_t kNameLengthMax = 32;

// Of C and C++ up to 23, and what compilers define as macros.
constexpr std::string_view kReservedWords[] = {
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "atomic_cancel",
    "atomic_commit",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "linux",
    "long",
    "module",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "reflexpr",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "struct",
    "switch",
    "synchronized",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "typeof",
    "union",
    "unix",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
};

// A namespace cannot be called what the C library, or a header that the SDK includes, calls a function or type.
constexpr std::string_view kTakenNames[] = {
    "abort",     "abs",      "accept", "access",    "alarm",   "boost",     "bind",    "bsearch", "calloc",  "ceil",
    "chdir",     "chmod",    "chown",  "clearenv",  "clock",   "close",     "connect", "cos",     "creat",   "ctime",
    "daemon",    "difftime", "div",    "dup",       "environ", "erf",       "execve",  "exit",    "exp",     "fabs",
    "fcntl",     "ffs",      "floor",  "fork",      "free",    "gatehouse", "getenv",  "getline", "getopt",  "gets",
    "gmtime",    "hypot",    "index",  "ioctl",     "isatty",  "kill",      "labs",    "ldiv",    "link",    "listen",
    "localtime", "lockf",    "log",    "lseek",     "main",    "malloc",    "memcmp",  "memcpy",  "mktime",  "modf",
    "nice",      "open",     "optarg", "optind",    "pause",   "perror",    "pipe",    "poll",    "posix",   "pow",
    "pread",     "printf",   "putenv", "puts",      "pwrite",  "qsort",     "raise",   "rand",    "random",  "read",
    "readlink",  "realloc",  "recv",   "remainder", "remove",  "rename",    "rewind",  "rindex",  "rmdir",   "round",
    "scanf",     "select",   "send",   "signal",    "sin",     "sleep",     "socket",  "sqrt",    "stat",    "std",
    "stderr",    "stdin",    "stdout", "symlink",   "sync",    "syscall",   "system",  "tan",     "testing", "time",
    "timezone",  "toupper",  "trunc",  "truncate",  "tzname",  "tzset",     "umask",   "ungetc",  "unlink",  "usleep",
    "wait",      "write",
};

template <std::size_t N>
bool contains(const std::string_view (&words)[N], std::string_view word) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_allowed(char c) { return is_lower(c) || (c >= '0' && c <= '9') || c == '_'; }

// "My-Notes" -> "my_notes"; empty when nothing sensible comes out.
std::string tidied(std::string_view name) {
    std::string result;
    for (char c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (!is_allowed(c)) c = '_';
        if (c == '_' && (result.empty() || result.back() == '_')) continue;
        result += c;
    }
    result.resize(std::min(result.size(), kNameLengthMax));
    while (result.ends_with('_')) result.pop_back();
    return !result.empty() && is_lower(result.front()) && name_refusal(result).empty() ? result : std::string();
}

std::string with_suggestion(std::string refusal, const std::string& suggestion) {
    return suggestion.empty() ? refusal : refusal + "; try " + suggestion;
}

}  // namespace

std::string name_refusal(std::string_view name) {
    if (name.empty()) return "a service needs a name, such as notes";
    if (name.size() > kNameLengthMax) {
        return "the name has " + std::to_string(name.size()) + " characters, at most " +
               std::to_string(kNameLengthMax) + " are allowed";
    }
    if (!is_lower(name.front()) || !std::all_of(name.begin(), name.end(), is_allowed)) {
        return with_suggestion("a name begins with a lower-case letter and has only a-z, 0-9 and _", tidied(name));
    }
    if (name.back() == '_' || name.find("__") != std::string_view::npos) {
        return with_suggestion("a name has no _ at its end and no two in a row: C++ reserves such names", tidied(name));
    }
    const std::string suggestion = std::string(name) + "_service";
    const std::string quoted = "\"" + std::string(name) + "\"";
    if (contains(kReservedWords, name)) return quoted + " is a reserved word of C or C++; try " + suggestion;
    if (contains(kTakenNames, name))
        return quoted + " is a name that the C or C++ library has taken; try " + suggestion;
    return {};
}

}  // namespace gatehouse::cli
