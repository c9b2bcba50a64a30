#include "gateway/base/private_directory.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace gatehouse {
namespace {

namespace fs = std::filesystem;

class PrivateDirectoryTest : public ::testing::Test {
protected:
    PrivateDirectoryTest() {
        std::string name = (fs::temp_directory_path() / "gatehouse-test-XXXXXX").string();
        home_ = ::mkdtemp(name.data());
        parent_ = home_ / "run";
    }
    ~PrivateDirectoryTest() override { fs::remove_all(home_); }
    static void write(const fs::path& file) { std::ofstream(file) << "x"; }
    // What a process leaves that is killed.
    fs::path left_by_a_killed_process() {
        int pipe[2];
        EXPECT_EQ(::pipe(pipe), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            const auto made = PrivateDirectory::create(parent_, "plugins");
            const std::string path = made ? made->path().string() : std::string();
            write(made->path() / "copy.so");
            if (::write(pipe[1], path.data(), path.size()) < 0) ::_exit(1);
            ::kill(::getpid(), SIGKILL);
        }
        ::close(pipe[1]);
        char text[4096];
        const ssize_t size = ::read(pipe[0], text, sizeof(text));
        ::close(pipe[0]);
        ::waitpid(child, nullptr, 0);
        return std::string(text, size > 0 ? static_cast<std::size_t>(size) : 0);
    }
    fs::path home_, parent_;
};

TEST_F(PrivateDirectoryTest, IsForThisUserOnlyAndGoneAtTheEnd) {
    fs::path path;
    {
        const auto made = PrivateDirectory::create(parent_, "plugins");
        ASSERT_TRUE(made) << made.error().message;
        path = made->path();
        struct stat found {};
        ASSERT_EQ(::stat(path.c_str(), &found), 0);
        EXPECT_EQ(found.st_mode & 0777, 0700u);
        EXPECT_TRUE(path.filename().string().starts_with("plugins-" + std::to_string(::getpid()) + "-"));
        write(path / "copy.so");
    }
    EXPECT_FALSE(fs::exists(path));
}

TEST_F(PrivateDirectoryTest, LeavesOthersThatAreInUseAlone) {
    const auto first = PrivateDirectory::create(parent_, "plugins"),
               second = PrivateDirectory::create(parent_, "plugins");
    ASSERT_TRUE(first && second);
    EXPECT_NE(first->path(), second->path());
    EXPECT_TRUE(fs::exists(first->path()));
}

TEST_F(PrivateDirectoryTest, RemovesWhatAKilledProcessLeft) {
    const fs::path left = left_by_a_killed_process();
    ASSERT_TRUE(fs::exists(left / "copy.so"));
    const auto other_kind = PrivateDirectory::create(parent_, "spawn");
    EXPECT_TRUE(fs::exists(left));
    const auto made = PrivateDirectory::create(parent_, "plugins");
    ASSERT_TRUE(made);
    EXPECT_FALSE(fs::exists(left));
    EXPECT_TRUE(fs::exists(other_kind->path()));
}

TEST_F(PrivateDirectoryTest, LeavesAloneWhatOnlyLooksLikeOne) {
    const char* const others[] = {"plugins-of-mine", "plugins-x1-OldOne", "plugins--OldOne", "plugins-1-file",
                                  "plugins-1-abcdef"};
    for (const char* const name : others) fs::create_directories(parent_ / name);
    fs::permissions(parent_, fs::perms::owner_all);
    fs::remove(parent_ / "plugins-1-abcdef");
    write(parent_ / "plugins-1-abcdef");  // a file
    fs::create_directories(parent_ / "plugins-1-OldOne");
    ASSERT_TRUE(PrivateDirectory::create(parent_, "plugins"));
    for (const char* const name : others) EXPECT_TRUE(fs::exists(parent_ / name)) << name;
    EXPECT_FALSE(fs::exists(parent_ / "plugins-1-OldOne"));
}

TEST_F(PrivateDirectoryTest, RefusesAParentThatOthersCanWriteTo) {
    fs::create_directories(parent_);
    fs::permissions(parent_, fs::perms::all);
    const auto refused = PrivateDirectory::create(parent_, "plugins");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("only this user can write to"), std::string::npos);
    fs::permissions(parent_, fs::perms::all | fs::perms::sticky_bit);
    EXPECT_TRUE(PrivateDirectory::create(parent_, "plugins"));
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
    ASSERT_EQ(::chown(parent_.c_str(), 65534, 65534), 0);  // whoever owns it may rename what is in it
    EXPECT_FALSE(PrivateDirectory::create(parent_, "plugins"));
}

TEST_F(PrivateDirectoryTest, RefusesALinkInPlaceOfItsParent) {
    fs::create_directories(home_ / "elsewhere");
    fs::create_symlink(home_ / "elsewhere", parent_);
    EXPECT_FALSE(PrivateDirectory::create(parent_, "plugins"));
}

}  // namespace
}  // namespace gatehouse
