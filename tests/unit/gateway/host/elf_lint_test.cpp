#include "gateway/host/elf_lint.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/unit/gateway/host/test_host.hpp"

namespace gatehouse::host {
namespace {

TEST(ElfLintTest, ReadsWhatAGoodPluginSaysOfItself) {
    const auto file = lint_plugin(fixture("probe"));
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->id, "test.probe");
    EXPECT_EQ(file->version, "1.2.3");
    EXPECT_EQ(file->abi_major, 1);
    EXPECT_EQ(file->build_id.size(), 40u);
    EXPECT_FALSE(file->toolchain.empty());
}

struct Refusal {
    const char* fixture;
    const char* reason;
};
void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.fixture; }

class ElfLintRefusalTest : public ::testing::TestWithParam<Refusal> {};

TEST_P(ElfLintRefusalTest, RefusesForTheStatedReason) {
    const auto file = lint_plugin(fixture(GetParam().fixture));
    ASSERT_FALSE(file);
    EXPECT_NE(file.error().message.find(GetParam().reason), std::string::npos) << file.error().message;
}

std::vector<Refusal> refusals() {
    std::vector<Refusal> all{{"no_note", "no Gatehouse plugin"},
                             {"other_abi", "plugin ABI 2"},
                             {"no_entry", "does not export gh_plugin_entry_v1"},
                             {"two_exports", "it exports helper"},
                             {"soname", "SONAME"},
                             {"nodelete", "NODELETE"},
                             {"executable_stack", "executable stack"},
                             {"own_sqlite", "own copy of SQLite"},
                             {"static_tls", "static TLS"}};
#if defined(__GNUC__) && !defined(__clang__)
    all.push_back({"unique_symbol", "unique symbol"});
#endif
    return all;
}

INSTANTIATE_TEST_SUITE_P(Zoo, ElfLintRefusalTest, ::testing::ValuesIn(refusals()),
                         [](const auto& test) { return std::string(test.param.fixture); });

TEST(ElfLintTest, RefusesWhatIsNotThere) { EXPECT_FALSE(lint_plugin("/nonexistent/x.so")); }

class CutFileTest : public ::testing::Test {
protected:
    CutFileTest() {
        std::ifstream file(fixture("probe"), std::ios::binary);
        content_.assign(std::istreambuf_iterator<char>(file), {});
        path_ = std::filesystem::temp_directory_path() / ("gatehouse-cut-" + std::to_string(::getpid()) + ".so");
    }
    ~CutFileTest() override { std::filesystem::remove(path_); }
    Result<PluginFile> lint(const std::string& content) {
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << content;
        return lint_plugin(path_);
    }
    std::string content_;
    std::filesystem::path path_;
};

TEST_F(CutFileTest, SurvivesAFileCutAnywhere) {
    for (std::size_t size = 0; size < content_.size(); size += 97) EXPECT_FALSE(lint(content_.substr(0, size))) << size;
}

TEST_F(CutFileTest, SurvivesAnyOverwrittenWordOfTheHeaders) {
    for (std::size_t at = 16; at < std::min<std::size_t>(content_.size(), 1024); at += 4) {
        std::string hostile = content_;
        std::fill_n(hostile.begin() + static_cast<std::ptrdiff_t>(at), 4, '\xff');
        static_cast<void>(lint(hostile));  // any answer will do, but it has to be one
    }
}

}  // namespace
}  // namespace gatehouse::host
