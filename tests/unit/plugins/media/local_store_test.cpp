#include "plugins/media/store/local_store.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/support/test_directory.hpp"

namespace {

using media::LocalStore;
using media::Mapping;

std::string content_of(LocalStore& store, const std::string& key) {
    const auto file = store.get(key);
    return file ? std::string(Mapping(*file).bytes()) : "-";
}

TEST(LocalStoreTest, GivesBackWhatWasPut) {
    const TestDirectory directory;
    LocalStore store(directory.path());
    store.open();
    store.put("abcdef.png", "content", "image/png");
    store.put("abcdef.png", "content", "image/png");
    EXPECT_EQ(content_of(store, "abcdef.png"), "content");
    EXPECT_EQ(content_of(store, "abcdeg.png"), "-");
    EXPECT_EQ(directory.files(), std::vector<std::string>{"objects/ab/abcdef.png"});
    store.remove("abcdef.png");
    store.remove("abcdef.png");
    EXPECT_TRUE(directory.files().empty());
}

TEST(LocalStoreTest, KeepsAMappingAfterTheFileIsRemoved) {
    const TestDirectory directory;
    LocalStore store(directory.path());
    store.open();
    store.put("abcdef.png", "content", "image/png");
    const Mapping mapping(*store.get("abcdef.png"));
    store.remove("abcdef.png");
    EXPECT_EQ(mapping.bytes(), "content");
}

TEST(LocalStoreTest, SweepsWhatADeadProcessLeftAndNothingElse) {
    const TestDirectory directory;
    LocalStore(directory.path()).open();
    std::ofstream(directory.path() / "incoming" / "put-dead") << "half";
    std::ofstream(directory.path() / "incoming" / "put-alive") << "half";
    std::ifstream alive(directory.path() / "incoming" / "put-alive");
    const media::File lock(::open((directory.path() / "incoming" / "put-alive").c_str(), O_RDONLY));
    ASSERT_EQ(::flock(lock.descriptor(), LOCK_EX | LOCK_NB), 0);
    LocalStore(directory.path()).open();
    EXPECT_EQ(directory.files(), std::vector<std::string>{"incoming/put-alive"});
}

TEST(LocalStoreTest, RefusesKeysThatCouldLeaveItsDirectory) {
    const TestDirectory directory;
    LocalStore store(directory.path());
    store.open();
    for (const char* key : {"", "a", "ab", "../escape", "ab/cd", "..", ".hidden"}) {
        EXPECT_THROW(store.put(key, "x", "image/png"), std::logic_error) << key;
        EXPECT_THROW(static_cast<void>(store.get(key)), std::logic_error) << key;
    }
    EXPECT_TRUE(directory.files().empty());
}

TEST(LocalStoreTest, TakesTheSameContentFromManyAtOnce) {
    const TestDirectory directory;
    LocalStore store(directory.path());
    store.open();
    const std::string content(100'000, 'x');
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { store.put("abcdef.png", content, "image/png"); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(content_of(store, "abcdef.png"), content);
    EXPECT_EQ(directory.files().size(), 1u);
}

TEST(FileTest, WithoutANameLeavesNothing) {
    const TestDirectory directory;
    const media::File file = media::File::nameless_in(directory.path());
    file.append("one");
    file.append("two");
    EXPECT_EQ(Mapping(file).bytes(), "onetwo");
    EXPECT_TRUE(directory.files().empty());
    EXPECT_TRUE(Mapping(media::File::nameless_in(directory.path())).bytes().empty());
}

TEST(LocalStoreTest, IsClosedToOtherUsers) {
    const TestDirectory directory;
    LocalStore(directory.path() / "media").open();
    struct stat status {};
    ASSERT_EQ(::stat((directory.path() / "media").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

}  // namespace
