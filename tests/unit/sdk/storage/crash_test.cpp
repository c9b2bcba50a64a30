// kill -9 in the middle of a burst of writes.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "tests/unit/sdk/storage/fixture.hpp"

namespace gatehouse::storage_test {
namespace {

class CrashTest : public StorageTest {
protected:
    // Kills crash_writer after so many acknowledgements; returns all that it gave.
    std::set<std::int64_t> kill_after(std::size_t acknowledgements) const {
        int channel[2];
        if (pipe(channel) != 0) throw std::runtime_error("pipe");
        const std::string first_id = std::to_string(1'000'000 * (acknowledgements + 1));
        const pid_t child = fork();
        if (child == 0) {
            dup2(channel[1], STDOUT_FILENO);
            execl(GATEHOUSE_CRASH_WRITER, GATEHOUSE_CRASH_WRITER, options.url.c_str(), first_id.c_str(), nullptr);
            _exit(127);
        }
        close(channel[1]);
        std::set<std::int64_t> acknowledged;
        FILE* lines = fdopen(channel[0], "r");
        long long id = 0;
        bool killed = false;
        while (fscanf(lines, "%lld", &id) == 1) {
            acknowledged.insert(id);
            if (!killed && acknowledged.size() >= acknowledgements) killed = kill(child, SIGKILL) == 0;
        }
        fclose(lines);
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << status;
        return acknowledged;
    }
};

TEST_F(CrashTest, NoAcknowledgedWriteIsLostToKill9) {
    std::set<std::int64_t> acknowledged;
    for (const std::size_t after : {1U, 50U, 200U, 500U}) acknowledged.merge(kill_after(after));
    ASSERT_GE(acknowledged.size(), 751U);
    const auto stored = database().read(
        [](Transaction& tx) { return tx.query("select id from users order by id").all<std::int64_t>(); });
    const std::set<std::int64_t> kept(stored.begin(), stored.end());
    std::size_t lost = 0;
    for (const auto id : acknowledged) lost += kept.contains(id) ? 0 : 1;
    EXPECT_EQ(lost, 0U) << "of " << acknowledged.size();
    // Each write was two rows: all or nothing.
    const auto halves = database().read([](Transaction& tx) {
        return tx
            .query("select count(*) from users where not exists (select 1 from likes where likes.user_id = users.id)")
            .one<int>();
    });
    EXPECT_EQ(halves, 0);
    if (on_sqlite()) {
        const auto verdict =
            database().read([](Transaction& tx) { return tx.query("pragma integrity_check").one<std::string>(); });
        EXPECT_EQ(verdict, "ok");
    }
}

}  // namespace
}  // namespace gatehouse::storage_test
