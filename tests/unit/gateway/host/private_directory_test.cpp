#include "gateway/host/private_directory.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace gatehouse::host {
namespace {

namespace fs = std::filesystem;

class PrivateDirectoryTest : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = ::testing::TempDir() + "private-directory-XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        parent_ = name;
    }
    void TearDown() override { fs::remove_all(parent_); }

    // As a killed process leaves it: nobody holds it.
    fs::path leave(const std::string& name) {
        fs::create_directory(parent_ / name);
        std::ofstream(parent_ / name / "posts-1.so") << "a copy";
        return parent_ / name;
    }
    std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(parent_), fs::directory_iterator()));
    }

    fs::path parent_;
};

TEST_F(PrivateDirectoryTest, GoesAwayWithItsOwnerAndWhatIsInIt) {
    {
        const auto made = PrivateDirectory::make(parent_ / "deeper");
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_EQ(fs::status(made->path()).permissions(), fs::perms::owner_all);
        std::ofstream(made->path() / "posts-1.so") << "a copy";
    }
    EXPECT_TRUE(fs::is_empty(parent_ / "deeper"));
}

TEST_F(PrivateDirectoryTest, RemovesWhatAKilledProcessHasLeft) {
    const pid_t child = ::fork();
    if (child == 0) {
        const auto made = PrivateDirectory::make(parent_);
        if (made) std::ofstream(made->path() / "posts-1.so") << "a copy";
        ::_exit(made ? 0 : 1);  // without destructors
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    ASSERT_EQ(entries(), 1u);
    const auto made = PrivateDirectory::make(parent_);
    ASSERT_TRUE(made);
    EXPECT_EQ(entries(), 1u);
    EXPECT_TRUE(fs::is_empty(made->path()));
}

TEST_F(PrivateDirectoryTest, LeavesAloneWhatIsHeldAndWhatIsNotOfItsKind) {
    const auto first = PrivateDirectory::make(parent_);
    ASSERT_TRUE(first);
    const fs::path kept[] = {leave("posts-abcdef"), leave("123"), leave("123-abcdefg")};
    std::ofstream(parent_ / "124-abcdef") << "a file";
    fs::create_directory_symlink(kept[0], parent_ / "125-abcdef");
    const auto second = PrivateDirectory::make(parent_);
    ASSERT_TRUE(second);
    EXPECT_NE(first->path(), second->path());
    EXPECT_TRUE(fs::exists(first->path()));
    for (const fs::path& path : kept) EXPECT_TRUE(fs::exists(path / "posts-1.so")) << path;
    EXPECT_TRUE(fs::exists(parent_ / "124-abcdef"));
    EXPECT_TRUE(fs::is_symlink(parent_ / "125-abcdef"));
}

TEST_F(PrivateDirectoryTest, RemovesAFewAtATime) {
    for (int i = 100; i < 140; ++i) leave(std::to_string(i) + "-abcdef");
    const auto first = PrivateDirectory::make(parent_);
    EXPECT_EQ(entries(), 40 - PrivateDirectory::kLeftoversMax + 1);
    const auto second = PrivateDirectory::make(parent_);
    const auto third = PrivateDirectory::make(parent_);
    ASSERT_TRUE(first && second && third);
    EXPECT_EQ(entries(), 3u);
}

TEST_F(PrivateDirectoryTest, SaysWhyItCannotBeMade) {
    std::ofstream(parent_ / "file") << "no directory";
    const auto made = PrivateDirectory::make(parent_ / "file" / "below");
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().message.find("cannot create"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::host
